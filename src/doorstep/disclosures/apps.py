from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    name = "doorstep.disclosures"
    label = "disclosures"
