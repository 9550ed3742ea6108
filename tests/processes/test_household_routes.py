"""The routes of household identification and of the public notice: happy path, and every detour of DOMAIN §9.1-9.3."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.processes.walk import Thrown, Walk, all_flows, decide

DAY = "2026-04-10T00:00:00+08:00"
ROLES = {
    "issuer_role": "village_committee",
    "poster_role": "village_clerk",
    "handler_role": "village_committee",
    "recused_role": "township_reviewer",
    "appeal_role": "township_reviewer",
}
NOTICE = {
    "subject": "贫困户名单第一次公示",
    "round": 1,
    "mode": "公示",
    "list_state": "拟纳入",
    "published_state": "一轮公示",
    "days": 7,
    "post_by": "2026-07-20",
    **ROLES,
}
NO_OBJECTIONS = dict.fromkeys(
    ["objections_open", "objections_fault", "objections_added", "objections_removed", "objections_corrected"], 0
)
SETTINGS = decide("household_settings", {"campaign_year": Decimal(2026)})


def notice(**answers: Any) -> Walk:
    given = {
        "Task_DraftNotice": {"notice": {"key": "n1"}, "sites": ["村务公开栏", "上寨屯", "下寨屯"]},
        "Task_IssueNotice": {"decision": "签发"},
        "Task_OpenPeriod": {"notice_ends": DAY},
        "Task_CloseNotice": {"notice_extended": False},
        "Task_CountObjections": NO_OBJECTIONS,
    }
    return Walk("public_notice", given | answers)


def test_a_notice_without_objection_is_clear() -> None:
    walk = notice().run(NOTICE)
    assert walk.ends == ("End_Published",)
    assert walk.variables["outcome"] == "clear"
    assert [p["site"] for p in walk.variables["postings"]] == ["村务公开栏", "上寨屯", "下寨屯"]


def test_a_refused_draft_is_drawn_up_again() -> None:
    walk = notice(Task_IssueNotice=[{"decision": "退回"}, {"decision": "签发"}]).run(NOTICE)
    assert walk.times("Task_DraftNotice") == 2
    assert walk.times("Task_NumberNotice") == 1


def test_several_objections_are_handled_and_the_list_is_reduced() -> None:
    walk = notice(Task_CountObjections=NO_OBJECTIONS | {"objections_removed": 1})
    walk.messages += [("objection_received", {"objection": {"household": h}}) for h in ("甲", "乙", "丙")]
    walk.run(NOTICE)
    assert walk.times("Activity_HandleObjection") == 3
    assert walk.variables["outcome"] == "reduced"
    assert walk.ends == ("End_Published",)


def test_a_gap_in_display_is_made_up_for() -> None:
    gap = {"notice_extended": True, "notice_ends": "2026-04-12T00:00:00+08:00"}
    walk = notice(Task_CloseNotice=[gap, {"notice_extended": False}]).run(NOTICE)
    assert walk.times("Event_PeriodEnded") == 2
    assert walk.ends == ("End_Published",)


def test_a_fault_in_procedure_ends_without_certificate() -> None:
    walk = notice(Task_CountObjections=NO_OBJECTIONS | {"objections_fault": 1}).run(NOTICE)
    assert walk.ends == ("End_RedoStep",)
    assert walk.variables["outcome"] == "fault"
    assert "Task_SignCertificate" not in walk.entered


def objection(**answers: Any) -> Walk:
    given = {
        "Task_NumberObjection": {"objection": {"key": "o1", "due": DAY}},
        "Task_InvestigateObjection": {"facts_sufficient": True},
        "Task_DecideObjection": {"decision": "成立-剔除"},
        "Task_ServeReply": {"appealed": False},
    }
    walk = Walk("pn_objection", given | answers)
    return walk.run({"notice": {"key": "n1"}, "objection": {"household": "甲"}, **ROLES})


def test_an_objection_with_clear_facts_is_decided_and_answered() -> None:
    walk = objection()
    assert walk.ends == ("End_ObjectionSettled",)
    assert "Task_SupplementFacts" not in walk.entered


def test_facts_are_asked_for_once_only() -> None:
    walk = objection(Task_InvestigateObjection={"facts_sufficient": False})
    assert walk.times("Task_SupplementFacts") == 1
    assert walk.times("Task_InvestigateObjection") == 2
    assert walk.times("Task_DecideObjection") == 1


def test_an_appeal_goes_one_level_up() -> None:
    walk = objection(Task_ServeReply={"appealed": True}, Task_ReviewAppeal={"decision": "不成立"})
    assert walk.times("Task_ReviewAppeal") == 1
    assert walk.variables["decision"] == "不成立"


def test_applications_and_withdrawals_come_until_the_closing_date() -> None:
    walk = Walk("hi_application", {"Task_RegisterApplication": [{}, Thrown("NOT_LOCAL"), {}]})
    walk.messages += [("application_filed", {"application": {"household": h}}) for h in ("甲", "乙", "丙")]
    walk.messages += [("application_withdrawn", {"household": "甲"})]
    walk.run({"unit": "450226101", "settings": SETTINGS})
    assert walk.times("Task_RegisterApplication") == 3
    assert walk.times("End_ApplicationRefused") == 1
    assert walk.times("Task_WithdrawApplication") == 1
    assert walk.flows == all_flows("hi_application")


ENOUGH, TOO_FEW = ({"composition": 30, "present": n, "meeting_kind": "村民代表大会"} for n in (20, 19))
SELECTION = {
    "Task_JudgeEligibility": {"judged_states": {"符合": 3}},
    "Task_HoldMeeting": ENOUGH,
    "Task_VerifyByCommittee": {"conclusion": "名单成立"},
    "Task_VerifyByWorkGroup": {"conclusion": "名单成立"},
    "Task_FillPlaces": {"added_households": 0},
}


def selection(entry: str, **answers: Any) -> Walk:
    walk = Walk("hi_selection", SELECTION | answers)
    return walk.run({"entry": entry, "quota_persons": 211, "settings": SETTINGS})


def test_a_village_selects_from_the_application_to_the_verified_list() -> None:
    walk = selection("full")
    assert walk.ends == ("End_ListVerified",)
    assert [walk.times(e) for e in ("Activity_Application", "Task_VisitHouseholds", "Task_InformIneligible")] == [
        1,
        1,
        0,
    ]


def test_ineligible_households_are_told_before_the_meeting() -> None:
    walk = selection("full", Task_JudgeEligibility={"judged_states": {"符合": 3, "不符合": 1}})
    assert walk.entered.index("Task_InformIneligible") < walk.entered.index("Task_HoldMeeting")


def test_nineteen_of_thirty_is_void_and_the_assembly_meets_again() -> None:
    walk = selection("full", Task_HoldMeeting=[TOO_FEW, ENOUGH])
    assert walk.times("Task_HoldMeeting") == 2
    assert walk.times("Task_VoteOnHouseholds") == 1


def test_omitted_households_enter_at_the_visit_and_a_fault_at_the_judgement() -> None:
    assert selection("visit").times("Activity_Application") == 0
    assert selection("visit").times("Task_VisitHouseholds") == 1
    assert selection("review").times("Task_VisitHouseholds") == 0
    assert selection("review").times("Task_JudgeEligibility") == 1


def test_replacements_are_verified_and_a_doubted_review_is_held_again() -> None:
    walk = selection(
        "full",
        Task_FillPlaces=[{"added_households": 1}, {"added_households": 0}],
        Task_VerifyByWorkGroup=[{"conclusion": "名单成立"}, {"conclusion": "重新评议"}, {"conclusion": "名单成立"}],
    )
    assert walk.times("Task_VerifyByCommittee") == 3
    assert walk.times("Task_VoteOnHouseholds") == 2


def test_no_route_of_the_selection_is_left_out() -> None:
    walks = [
        selection("full", Task_JudgeEligibility={"judged_states": {"不符合": 1}}, Task_HoldMeeting=[TOO_FEW, ENOUGH]),
        selection("visit", Task_FillPlaces=[{"added_households": 1}, {"added_households": 0}]),
        selection("review", Task_VerifyByCommittee=[{"conclusion": "重新评议"}, {"conclusion": "名单成立"}]),
    ]
    assert set().union(*(w.flows for w in walks)) == all_flows("hi_selection")


def test_forms_are_filled_collected_entered_and_audited() -> None:
    walk = Walk(
        "hi_register_forms",
        {
            "Task_FindHamlets": {"hamlets": [{"unit": "h1", "name": "上寨屯"}, {"unit": "h2", "name": "下寨屯"}]},
            "Task_FindHamletsToFill": {"hamlets": [{"unit": "h1", "name": "上寨屯"}]},
            "Task_CollectForms": [
                {"copies": 40, "roster_states": {"已收表": 38, "待补填": 2}},
                {"copies": 40, "roster_states": {"已收表": 40}},
            ],
            "Task_HandInForms": [{"copies": 39}, {"copies": 40}],
            "Task_AuditData": [
                {"roster_states": {"已审核": 38, "待补填": 1, "待补录": 1}},
                {"roster_states": {"已审核": 39, "待补录": 1}},
                {"roster_states": {"已审核": 40}},
            ],
        },
    ).run({"settings": SETTINGS})
    assert walk.ends == ("End_Registered",)
    assert walk.times("Task_DistributeForms") == 3  # its body and one for each hamlet
    assert walk.times("Task_EnterData") == 3
    assert all_flows("hi_register_forms") - walk.flows == {"Flow_AnyDoubtYes"}


def test_doubtful_households_go_back_to_the_township() -> None:
    walk = Walk("hi_register_forms", {"Task_AuditData": {"roster_states": {"已审核": 3, "存疑": 1}}})
    walk.answers |= {"Task_FindHamlets": {"hamlets": []}, "Task_FindHamletsToFill": {"hamlets": []}}
    assert walk.run({"settings": SETTINGS}).ends == ("End_Doubtful",)


VILLAGE = {
    "Activity_FirstPublicity": {"outcome": "clear"},
    "Activity_SecondPublicity": {"outcome": "clear"},
    "Task_ReplaceRemoved": {"added_households": 0},
    "Task_ReplaceRemovedAgain": {"added_households": 0},
    "Task_ReviewList": {"decision": "同意"},
    "Task_FixList": {"decision": "同意"},
    "Task_Reexamine": {"decision": "同意", "roster_states": {"复审通过": 50}},
    "Activity_RegisterForms": {"audited": {"已审核": 50}},
}


def village(mode: str = "full", **answers: Any) -> Walk:
    return Walk("hi_village", VILLAGE | answers).run({"mode": mode, "quota_persons": 211, "settings": SETTINGS})


def test_a_village_goes_through_two_publicity_rounds_and_the_announcement() -> None:
    walk = village()
    passed = [e for e in walk.entered if e.startswith("Activity_")]
    assert passed == [
        "Activity_Selection",
        "Activity_FirstPublicity",
        "Activity_SecondPublicity",
        "Activity_Announce",
        "Activity_RegisterForms",
    ]
    assert walk.ends == ("End_VillageIdentified",)


def test_supplement_publishes_only_from_the_waiting_list() -> None:
    walk = village("supplement")
    assert walk.times("Activity_Selection") == 0
    assert walk.times("Task_FillFromWaiting") == 1
    assert walk.times("Activity_FirstPublicity") == 1


def test_a_replacement_is_published_before_the_list_is_submitted() -> None:
    walk = village(Task_ReplaceRemoved=[{"added_households": 1}, {"added_households": 0}])
    assert walk.times("Activity_FirstPublicity") == 2
    assert walk.times("Task_SubmitList") == 1


def test_an_omitted_household_and_a_fault_go_back_into_the_selection() -> None:
    walk = village(Activity_FirstPublicity=[{"outcome": "added"}, {"outcome": "fault"}, {"outcome": "clear"}])
    assert walk.times("Activity_Selection") == 3


def test_an_omitted_household_is_visited_before_replacements_are_published_with_it() -> None:
    walk = village(
        Activity_FirstPublicity=[{"outcome": "added"}, {"outcome": "clear"}],
        Task_ReplaceRemoved=[{"added_households": 1}, {"added_households": 0}],
    )
    assert [e for e in walk.entered if e.startswith("Activity_")][:4] == [
        "Activity_Selection",
        "Activity_FirstPublicity",
        "Activity_Selection",
        "Activity_FirstPublicity",
    ]


def test_removal_in_round_two_brings_a_notice_in_village_and_township_for_the_replacement() -> None:
    walk = village(Task_ReplaceRemovedAgain=[{"added_households": 1}, {"added_households": 0}])
    assert [walk.times(e) for e in ("Activity_Selection", "Activity_FirstPublicity", "Activity_SecondPublicity")] == [
        1,
        2,
        2,
    ]


def test_removal_without_replacement_restarts_nothing() -> None:
    walk = village(Activity_SecondPublicity={"outcome": "reduced"})
    assert walk.times("Activity_SecondPublicity") == 1


def test_papers_are_resubmitted_but_a_changed_list_returns_to_the_assembly() -> None:
    sent_back = [{"decision": "退回", "sendback_kind": "材料"}, {"decision": "同意"}]
    papers = village(Task_ReviewList=sent_back, Task_RectifyList={"rectify_kind": "材料"})
    assert (papers.times("Task_SubmitList"), papers.times("Activity_Selection")) == (2, 1)
    listed = village(Task_ReviewList=sent_back, Task_RectifyList={"rectify_kind": "名单或程序"})
    assert (listed.times("Task_SubmitList"), listed.times("Activity_Selection")) == (2, 2)


def test_no_route_of_the_village_is_left_out() -> None:
    walk = village(
        Task_ReplaceRemoved=[{"added_households": 1}, {"added_households": 0}],
        Task_ReviewList=[{"decision": "退回"}, {"decision": "同意"}],
        Task_RectifyList={"rectify_kind": "名单或程序"},
        Task_FixList=[{"decision": "退回"}, {"decision": "同意"}],
        Activity_SecondPublicity=[{"outcome": "fault"}, {"outcome": "clear"}],
        Task_Reexamine=[
            {"decision": "退回", "roster_states": {"复审退回": 2}},
            {"decision": "同意", "roster_states": {"复审通过": 50}},
        ],
        Activity_RegisterForms=[{"audited": {"存疑": 1}}, {"audited": {"已审核": 50}}],
    )
    assert walk.ends == ("End_VillageIdentified",)
    assert walk.flows | village("supplement").flows == all_flows("hi_village")


QUOTAS = [{"unit": "v1", "name": "枫溪村", "quota": 1053}, {"unit": "v2", "name": "高岜村", "quota": 1000}]
USED = [{"unit": "v1", "persons": 1050}, {"unit": "v2", "persons": 1000}]
NOBODY_WAITS = {"fitting": [], "used": USED, "remainder": 3}
SOMEBODY_FITS = {"fitting": [{"unit": "v2", "persons": 3}], "used": USED, "remainder": 3}
TOWNSHIP = {
    "Task_ProposeScale": {"quotas": QUOTAS},
    "Task_DecomposeScale": {"quotas": QUOTAS},
    "Task_ApproveScale": {"decision": "同意"},
    "Task_SummariseVillages": NOBODY_WAITS,
    "Task_ApprovePairing": {"decision": "同意"},
    "Task_WriteHandbooks": {"handbook_hamlets": [{"unit": "h1", "name": "上寨屯"}]},
}


def township(**answers: Any) -> Walk:
    walk = Walk("household_identification", TOWNSHIP | answers)
    return walk.run({"township": "450226100", "quota_persons": 2053}, start="Event_QuotaReceived")


def test_a_township_goes_from_quota_to_archive() -> None:
    walk = township()
    assert walk.ends == ("End_Identified",)
    assert walk.times("Activity_IdentifyVillages") == 3  # its body and one for each village


def test_quotas_one_person_short_are_not_passed_on() -> None:
    short = [{**QUOTAS[0], "quota": 1052}, QUOTAS[1]]
    walk = township(Task_DecomposeScale=[{"quotas": short}, {"quotas": QUOTAS}])
    assert walk.times("Task_DecomposeScale") == 2
    assert walk.times("Task_ApproveScale") == 1


def test_the_remainder_goes_to_villages_whose_quota_has_room_for_who_waits() -> None:
    raised = [{**QUOTAS[0], "quota": 1050}, {**QUOTAS[1], "quota": 1003}]
    walk = township(
        Task_SummariseVillages=[SOMEBODY_FITS, NOBODY_WAITS],
        Task_ReallocateRemainder={"reallocate": True, "quotas": raised},
    )
    assert [q["unit"] for q in walk.variables["supplements"]] == ["v2"]
    assert walk.times("Task_SummariseVillages") == 2


def test_no_route_of_the_township_is_left_out() -> None:
    walk = township(
        Task_DecomposeScale=[{"quotas": QUOTAS[:1]}, {"quotas": QUOTAS}],
        Task_ApproveScale=[{"decision": "退回"}, {"decision": "同意"}],
        Task_SummariseVillages=SOMEBODY_FITS,
        Task_ReallocateRemainder={"reallocate": False, "quotas": QUOTAS},
        Task_ApprovePairing=[{"decision": "退回"}, {"decision": "同意"}],
    )
    assert walk.flows == all_flows("household_identification")


def test_no_route_of_notice_and_objection_is_left_out() -> None:
    gap = {"notice_extended": True, "notice_ends": "2026-04-12T00:00:00+08:00"}
    first = notice(
        Task_IssueNotice=[{"decision": "退回"}, {"decision": "签发"}],
        Task_CloseNotice=[gap, {"notice_extended": False}],
    )
    first.messages.append(("objection_received", {"objection": {}}))
    second = notice(Task_CountObjections=NO_OBJECTIONS | {"objections_fault": 1})
    assert first.run(NOTICE).flows | second.run(NOTICE).flows == all_flows("public_notice")
    settled = objection(Task_InvestigateObjection={"facts_sufficient": False}, Task_ServeReply={"appealed": True})
    late = objection(Task_NumberObjection=Thrown("CLOSED"))
    unknown = objection(Task_ApplyDecision=[Thrown("UNKNOWN_PARTY"), {}])
    passed = settled.flows | objection().flows | late.flows | unknown.flows
    assert passed == all_flows("pn_objection")


def test_deadlines_are_those_of_the_campaign_year_else_of_this_year() -> None:
    assert decide("household_settings", {"campaign_year": 2014})["due"]["first_posting"] == date(2014, 7, 20)
    assert None not in decide("household_settings", {})["due"].values()
