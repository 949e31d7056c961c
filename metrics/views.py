from django.shortcuts import render

from victory.tenancy import Role, needs


@needs(Role.VIEWER)
def metrics(request):
    return render(request, "step.html")


@needs(Role.VIEWER)
def performance(request):
    return render(request, "step.html")
