from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "doorstep.exchange"
    label = "exchange"
