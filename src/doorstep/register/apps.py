from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "doorstep.register"
    label = "register"
