"""A database with something in every table: a case that was filed and sent back, cards one after the other, a code."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Table

from domain.access import Role, RoleKind
from domain.cases import State
from domain.grants import Subject
from domain.meetings import Answer, DateOption, Meeting, MeetingForm
from domain.messages import Scope
from domain.register import Person
from domain.submissions import NeedsReport
from store import (
    activities,
    batches,
    cards,
    cases,
    channels,
    claims,
    confirmations,
    conversations,
    drafts,
    enrolment,
    feeds,
    grant_reports,
    meetings,
    occasions,
    offered,
    outbox,
    register,
    years,
)
from store import tables as t
from store.cards import CardInstance
from store.cases import Filing
from store.drafts import Focus
from store.offered import Button
from store.work import Store, Work
from tests.conversations.dekom import SUBMITTED
from tests.store.builders import (
    NOW,
    OTHER,
    OWNER,
    a_draft,
    a_filing,
    an_address,
    an_identity,
    do,
    with_register,
)

REPORT = NeedsReport.model_validate(SUBMITTED)
LATER = NOW + timedelta(days=14)
NUMBER = "2023-DEKOM-001"
REPORTED = Subject("half_year", "Brev 2021", "1804", "nord", "2023-2")
# What people may write and a copy may get wrong.
ODD = 'Å «lese» – 🙂\n\t"\\u0000" \x85\u2028 <b>{}[],'


def a_real_filing(**changes: Any) -> Filing:
    """A filing whose report can be read."""
    report = REPORT.model_copy(update=changes)
    return a_filing(
        scheme=report.scheme,
        scheme_short="DEKOM",
        region=report.region,
        lead_owner=report.lead_owner,
        other_owners=(),
        partners=report.uh_partner,
        title=report.measure_title,
        owner_nok=report.owner_nok,
        uh_nok=report.uh_nok,
        report=report.model_dump_json().encode(),
        priority=report.priority_by_network,
    )


async def with_everything(store: Store) -> Store:
    await with_register(store)
    await do(store, _cases)
    await do(store, _chats)
    await do(store, _rest)
    await do(store, _meetings)
    return store


def _cases(work: Work) -> None:
    first = cases.submit(work, drafts.create(work, a_draft("draft-1")), a_real_filing())
    cases.move(work, cases.move(work, first, State.SCREENING), State.RETURNED)
    cases.submit(work, drafts.create(work, a_draft("draft-2")), a_real_filing(priority_by_network=2))
    begun = drafts.create(work, a_draft("draft-3", answers={"measure_title": ODD, "goal": None}))
    drafts.save(work, begun, replace(begun, answers={"measure_title": ODD + ODD}, saved_at=LATER))
    drafts.set_focus(work, OWNER.id, Focus("draft-3", "goal"))
    offered.keep(work, OWNER.id, [Button("Vis på nytt", "refresh", ODD)])


def _chats(work: Work) -> None:
    activities.first_time(work, "a:1", "activity")
    conversations.seen(work, an_address(), NOW)
    outbox.put(work, "case_filed:1", "case_filed", OTHER.id, {"case": NUMBER, "note": ODD})
    outbox.put(work, "case_filed:2", "case_filed", OTHER.id, {"case": NUMBER})
    (item,) = outbox.claim(work, 1, LATER, NOW)
    outbox.sent(work, item, "activity-9", follow_up_at=LATER)
    (item,) = outbox.claim(work, 1, LATER, NOW)
    outbox.went_wrong(work, item, LATER, "throttled")
    batches.propose(work, "batch-1", "case_filed", ODD)
    outbox.put(
        work, "case_filed:3", "case_filed", OTHER.id, {"case": NUMBER}, expires_at=LATER, batch="batch-1"
    )
    put(work, t.phone_call, key="case_filed:2", person_id=OTHER.id, made_by="sekretariat", made_at=NOW)
    # Each is named by the one before it, so that every order is wrong for somebody.
    for name in ("b", "a", "c"):
        cards.add(
            work, CardInstance(name, "form", "draft-3", "who", OWNER.id, "a:1", {"f": "d"}, {"f": ODD}, NOW)
        )
    cards.supersede(work, "a", "b")
    cards.supersede(work, "b", "c")
    enrolment.issue(work, OWNER.id, selector="AB", salt=b"\x00\xff", digest=b"\x80", expires_at=LATER)
    enrolment.issue(work, OTHER.id, selector="CD", salt=b"", digest=b"", expires_at=LATER)
    enrolment.miss(work, an_identity("stranger"), "CD", NOW)
    code = enrolment.candidate(work.connection, "AB", NOW)
    assert code is not None
    enrolment.bind(work, code, an_identity(), NOW)


def _rest(work: Work) -> None:
    """Tables that nothing fills yet, or not without a whole conversation."""
    register.add_person(work, Person("uh-nord", "Nord – kontakt", "nn"))
    register.add_role(
        work, "uh-nord", Role(RoleKind.UNIVERSITY_CONTACT, "nord", None, NOW.date(), LATER.date())
    )
    confirmations.ask(work, f"case:{NUMBER}", "nord", {"uh_dialogue": ODD})
    confirmations.confirm(work.by("uh-nord"), f"case:{NUMBER}", "nord", {"uh_dialogue": ODD})
    confirmations.ask(work, f"case:{NUMBER}", "nord", {"uh_dialogue": ODD + ODD})
    begun = drafts.create(
        work, a_draft("draft-4", form="half_year_report", owner="1804", partner="nord", about=str(REPORTED))
    )
    grant_reports.file(work, begun, REPORTED, "decentralised", ODD.encode())
    put(work, t.unit, id="u1", organisation="1804", kind="school", name=ODD, valid_from=date(2020, 8, 1))
    put(work, t.network_member, network="RKK Salten", organisation="1804", valid_from=date(2020, 8, 1))
    put(
        work,
        t.prior_grant,
        reference="Brev 2021",
        year=2022,
        recipient="nord",
        lead_owner="1804",
        scheme="decentralised",
        title=ODD,
        nok=2**40,
        decided_on=date(2021, 12, 31),
    )
    put(
        work,
        t.case_return,
        number=NUMBER,
        submission=1,
        returned_at=NOW,
        returned_by="sekretariat",
        answer_by_on=LATER.date(),
        reasons={"goal": ODD},
    )
    put(
        work,
        t.extension,
        cycle_year=2023,
        owner="1804",
        deadline_on=LATER.date(),
        reason=ODD,
        granted_by="sekretariat",
        granted_at=NOW,
    )
    years.approve(work, "nordland", 2024)
    claims.say(work, 2023, "report_deadline", ODD)
    occasions.plan_until(work, "planner", NOW)


def _meetings(work: Work) -> None:
    meeting = meetings.begin(
        work,
        Meeting(
            "2023-region_lofoten",
            2023,
            "region_lofoten",
            MeetingForm.DIGITAL,
            first_on=LATER.date(),
            starts=time(9),
            agenda=(ODD,),
            practical=ODD,
        ),
    )
    meetings.call(work, meeting, [OWNER.id], ODD)
    meetings.answer(work, meeting.id, OWNER.id, Answer.SUBSTITUTE, substitute=ODD, diet=ODD)
    meetings.say_need(work, meeting.id, "1804", True, ODD)
    meetings.begin_poll(work, meeting.id, [DateOption(1, LATER.date(), None, time(9), time(15))])
    meetings.vote(work, meeting.id, 1, OWNER.id, [1])
    meetings.add_point(work, meeting.id, OWNER.id, ODD)
    feeds.issue(work, OWNER.id, 1, ODD)
    channels.bind(work, "LOFOTEN", an_address(scope=Scope.CHANNEL, channel_id=ODD))


def put(work: Work, table: Table, **values: object) -> None:
    work.connection.execute(table.insert(), values)
