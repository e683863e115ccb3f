from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "doorstep.programmes"
    label = "programmes"
