"""Who may use which page, written down: the table that every address is held against.

It says again what the views declare, on purpose: whoever changes a role changes it here as well, knowingly.
"""

from victory.tenancy import Role

PAGES: dict[Role, str] = {
    Role.VIEWER: """
        workbook focus focus-print focus-revision notes history history-state activity drivers needs
        metrics figures-download performance metric metric-print plan actions action thread reviews
        review review-hold review-metric review-compare review-print index portfolio promised chain
        dashboard dashboard-changed people
    """,
    Role.CONTRIBUTOR: """
        deleted undo own-scores own-scores-save score-comparison figure-enter figure figure-delete
        series-paste figure-save action-status action-status-form action-answers promise-answer
    """,
    Role.MANAGER: """
        focus-save focus-adopt scores-save scores-settle driver-statement-save relations-save
        owner-save review-add review-save review-delete review-note review-owner review-action
        review-close
    """,
    Role.ADMIN: """
        audit audit-download export settings deletion deletion-stop
        person person-add person-save person-invite person-withdraw person-hand-over person-merge
        person-deactivate person-activate person-data person-forget
    """,
}
"""By the least role that a page of an organization is for, the names of their routes."""

CONTRIBUTORS_OWN_ALONE = {"action-status": "post", "action-status-form": "get", "action-answers": "post"}
"""What a contributor asks for their own actions, and a manager for anybody's, by the method."""

WORKSHEETS: dict[Role, str] = {
    Role.CONTRIBUTOR: "notes",
    Role.MANAGER: """
        rights deliverables customers groups criteria choices needs metrics targets baselines
        deviations actions
    """,
}
"""By the role that changes its rows, the worksheets. Everybody who sees the workbook may download one."""

CHANGES_A_WORKSHEET = ("add", "start", "paste", "show", "edit", "delete", "move")
READS_A_WORKSHEET = ("download",)

OUTSIDE = """
/                                              sign-in  on       sign-in  405
/organizations/                                sign-in  page     sign-in  405
/organizations/restore/                        sign-in  page     sign-in  page
/mine/                                         sign-in  page     sign-in  405
/account/                                      sign-in  page     sign-in  page
/organizations/new/                            sign-in  page     sign-in  page
/invitations/1/1/                              on       on       405      405
/invitations/accept/                           404      404      404      404
/invitations/switch/                           405      405      on       on
/account/data/                                 sign-in  405      sign-in  page
/account/delete/                               sign-in  on       sign-in  on
/account/mails/                                sign-in  405      sign-in  on
/mails/1/                                      404      404      404      404
/account/second-factor/                        sign-in  on       sign-in  405
/account/devices/others/                       sign-in  405      sign-in  on
/account/devices/1/                            sign-in  405      sign-in  404
/accounts/2fa/                                 sign-in  on       sign-in  on
/accounts/2fa/webauthn/                        sign-in  on       sign-in  on
/accounts/2fa/authenticate/                    on       on       on       on
/accounts/2fa/reauthenticate/                  sign-in  on       sign-in  on
/accounts/2fa/totp/activate/                   sign-in  on       sign-in  on
/accounts/2fa/totp/deactivate/                 sign-in  404      sign-in  404
/accounts/2fa/recovery-codes/                  sign-in  404      sign-in  405
/accounts/2fa/recovery-codes/generate/         sign-in  on       sign-in  on
/accounts/2fa/recovery-codes/download/         sign-in  404      sign-in  404
/accounts/2fa/webauthn/add/                    sign-in  on       sign-in  on
/accounts/2fa/webauthn/reauthenticate/         sign-in  on       sign-in  on
/accounts/2fa/webauthn/keys/1/remove/          sign-in  on       sign-in  on
/accounts/2fa/webauthn/keys/1/edit/            sign-in  on       sign-in  on
/accounts/2fa/webauthn/login/                  on       on       on       on
/accounts/provider/login/cancelled/            page     page     405      405
/accounts/provider/login/error/                sign-in  401      sign-in  405
/accounts/provider/signup/                     on       on       on       on
/accounts/provider/                            sign-in  page     sign-in  page
/accounts/oidc/none/login/                     404      404      404      404
/accounts/oidc/none/login/callback/            404      404      404      404
/accounts/login/                               page     on       page     on
/accounts/logout/                              on       page     on       on
/accounts/inactive/                            page     page     405      405
/accounts/signup/                              page     on       page     on
/accounts/reauthenticate/                      sign-in  page     sign-in  page
/accounts/email/                               sign-in  page     sign-in  on
/accounts/confirm-email/                       on       on       on       on
/accounts/password/change/                     sign-in  page     sign-in  page
/accounts/password/set/                        sign-in  on       sign-in  on
/accounts/password/reset/                      page     page     page     page
/accounts/login/code/confirm/                  on       on       on       on
/accounts/password/reset/key/done/             page     page     405      405
/accounts/password/reset/key/1-set-password/   page     page     page     page
/accounts/password/reset/done/                 page     page     405      405
/kept/                                         sign-in  on       sign-in  on
/token/                                        sign-in  page     sign-in  405
"""
"""What every address outside of an organization answers: to a GET by somebody who is not signed in, and by
anybody who is, whatever they are member of; and the same to a POST. `on` leads elsewhere, a number is a
refusal. `/healthz` and `/readyz` are no routes: tests/operation/test_health.py.
"""

ADMINISTRATION = """
/admin/login/   sign-in 403 on
/admin/logout/  sign-in on  405
"""
"""What these answer: to somebody who is not signed in, to who is no staff, and to staff. All other addresses
below lead everybody but staff to the sign-in.
"""
