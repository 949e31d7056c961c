"""Why there is no backup, or why one was not put back."""


class Refused(Exception):
    """What was asked for is not done, and nothing has changed. Its text says why, to people."""


def damaged(why: object) -> Refused:
    return Refused(f"The backup is damaged: {why}")
