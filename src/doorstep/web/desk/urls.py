"""Addresses of the desk. No name, phone or date ever stands in one (charter C18)."""

from __future__ import annotations

from django.urls import path

from doorstep.web.desk import board, packs, releasing, repair, studio, tags, taking_in, twice, workers

urlpatterns = [
    path("desk/", board.board, name="board"),
    path("desk/problems", repair.problems, name="problems"),
    path("desk/problems/<int:seq>", repair.problem, name="problem"),
    path("desk/problems/<int:seq>/correct", repair.problem_correct, name="problem_correct"),
    path("desk/problems/<int:seq>/record.xml", repair.problem_xml, name="problem_xml"),
    path("desk/problems/<int:seq>/send", repair.problem_send, name="problem_send"),
    path("desk/problems/<int:seq>/keep", repair.problem_keep, name="problem_keep"),
    path("desk/problems/<int:seq>/release", releasing.problem_release, name="problem_release"),
    path("same", twice.twice, name="twice"),
    path("same/say", twice.say, name="say_twice"),
    path("repair", repair.repairs, name="repairs"),
    path("repair/<int:seq>", repair.own, name="repair"),
    path("repair/<int:seq>/correct", repair.own_correct, name="repair_correct"),
    path("repair/<int:seq>/record.xml", repair.own_xml, name="repair_xml"),
    path("repair/<int:seq>/send", repair.own_send, name="repair_send"),
    path("repair/<int:seq>/keep", repair.own_keep, name="repair_keep"),
    path("repair/<int:seq>/release", releasing.own_release, name="repair_release"),
    path("desk/workers", workers.workers, name="workers"),
    path("desk/workers/<int:user_id>/phone", workers.add_phone, name="add_phone"),
    path("desk/phones/<int:device_id>/renew", workers.renew_phone, name="renew_phone"),
    path("desk/workers/<int:user_id>/cover", workers.cover, name="cover"),
    path("desk/workers/<int:user_id>/cover/<int:catchment_id>/end", workers.end_cover, name="end_cover"),
    path("desk/phones/<int:device_id>/take-back", workers.revoke_phone, name="revoke_phone"),
    path("desk/phones/held/<int:kept_id>/let-in", workers.let_in, name="let_in"),
    path("desk/packs", packs.packs, name="packs"),
    path("desk/packs/of/<slug:pack_id>", packs.pack, name="pack"),
    path("desk/packs/of/<slug:pack_id>/switch", packs.switch, name="switch_pack"),
    path("desk/packs/of/<slug:pack_id>/look", packs.look, name="pack_look"),
    path("desk/packs/of/<slug:pack_id>/tags", tags.waiting, name="tags"),
    path("desk/packs/of/<slug:pack_id>/vouch", tags.vouch, name="vouch"),
    path("desk/studio/<slug:pack_id>", studio.studio, name="studio"),
    path("desk/studio/<slug:pack_id>/begin", studio.begin, name="studio_begin"),
    path("desk/studio/<slug:pack_id>/change", studio.change, name="studio_change"),
    path("desk/studio/<slug:pack_id>/value", studio.add_value, name="studio_value"),
    path("desk/studio/<slug:pack_id>/look", studio.look, name="studio_look"),
    path("desk/studio/<slug:pack_id>/take", studio.take_along, name="studio_take"),
    path("desk/studio/<slug:pack_id>/install", studio.install, name="studio_install"),
    path("desk/studio/<slug:pack_id>/drop", studio.drop, name="studio_drop"),
    path("desk/import", taking_in.begin, name="import"),
    path("desk/import/check", taking_in.check, name="import_check"),
    path("desk/import/run", taking_in.run, name="import_run"),
    path("desk/import/<int:run_id>/undo", taking_in.undo, name="import_undo"),
    path("desk/import/register.xlsx", taking_in.template, name="import_template"),
    path("desk/export", taking_in.export, name="export_register"),
]
