from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "doorstep.intake"
    label = "intake"
