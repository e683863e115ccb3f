from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "doorstep.feedback"
    label = "feedback"
