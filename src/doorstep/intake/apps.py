from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "doorstep.intake"
    label = "intake"

    def ready(self) -> None:
        from doorstep.intake.then import work_out
        from doorstep.programmes import then

        then.configure(work_out)
