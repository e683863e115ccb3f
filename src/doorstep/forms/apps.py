from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "doorstep.forms"
    label = "forms"
