from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "doorstep.indicators"
    label = "indicators"
