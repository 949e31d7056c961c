from django.shortcuts import render

from victory.tenancy import Role, needs


@needs(Role.VIEWER)
def plan(request):
    return render(request, "step.html")


@needs(Role.VIEWER)
def thread(request):
    return render(request, "base.html")


@needs(Role.VIEWER)
def dashboard(request):
    return render(request, "base.html")
