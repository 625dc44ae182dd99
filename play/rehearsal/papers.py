"""What people write on the bot's forms: one answer for each question, whoever is asked."""

from collections.abc import Mapping

from play import cards
from play.cards import Card, Field
from play.rehearsal.scene import Player, Scene, verb

_MOST_PAGES = 25

NEED = (
    "Vi ser at mange barn har lite språk når de begynner, og at de voksne arbeider ulikt med det. Kartleggingen viser "
    "det samme i alle barnehagene og på skolene, og personalet ber om felles måter å arbeide på gjennom hele året."
)
_ANSWERS: Mapping[str, str] = {
    "contact_name": "Rådgiver",
    "contact_email": "radgiver@example.org",
    "contact_phone": "00 00 00 01",
    "units": "Enhet A\nEnhet B",
    "participants_staff": "40",
    "private_invited": "none_exist",
    "service_mix": "kindergarten,school,ppt",
    "need_description": NEED,
    "need_evidence": "Kartlegging høsten før",
    "plan_anchor": "Oppvekstplanen, vedtatt 2021",
    "staff_involved": "Drøftet i personalmøte i hver enhet i september og i oktober.",
    "union_involved": "yes",
    "union_involved_on": "2022-11-15",
    "goal": "Barna får et rikere språk.",
    "measures": "Fire samlinger i året, og utprøving mellom samlingene.",
    "collective_process": "Hele personalet prøver ut og deler i faste møter.",
    "reach_to_classroom": "Veiledning i hver avdeling.",
    "evaluation_plan": "Ny kartlegging hver høst.",
    "parallel_measures": "0",
    "coordinator": "no",
    "followup_scheme": "Tiltaket bygger på planen i oppfølgingsordningen.",
    "uh_partner": "nord",
    "uh_dialogue": "Møte om innhold og arbeidsdeling.",
    "uh_dialogue_on": "2022-12-01",
    "duration_years": "1",
    "budget_owner": "200 000",
    "budget_uh": "150 000",
    "own_contribution": "60 000",
    "own_contribution_kind": "working_hours",
    "declaration": "yes",
    "declaration_name": "Rådgiver",
    # half-year reports
    "activities": "To samlinger, og veiledning i enhetene mellom dem.",
    "deviation": "Oppstarten ble forsinket.",
    "unspent_risk": "no",
    "help_needed": "En samtale om veien videre.",
    # meetings
    "place": "Statsforvalterens lokaler, Bodø",
    "food": "no",
    "agenda": "Velkommen\nTildelingen\nEventuelt",
    "minutes": "Vi gikk gjennom sakene og ble enige om veien videre.",
    "practical": "Reiseregning sendes innen to uker.",
}


async def fills_in(
    scene: Scene, player: Player, own: Mapping[str, str], *, most_pages: int = _MOST_PAGES
) -> None:
    """Page by page as far as it goes, and the last button too where the person comes to it."""
    for _ in range(most_pages):
        shown = player.chat.card
        button = verb(shown, "submit", "next")
        if shown is None or shown.card is None or button is None:
            return
        answers = filled(shown.card, own)
        answer = await scene.presses(player, button, answers, shown)
        if answer is None or answer.complaints:
            return
        if button["verb"] == "submit":
            scene.reports_filed += "status" in answers and not answer.failed
            return


def filled(card: Card, own: Mapping[str, str]) -> dict[str, str]:
    """An answer in every field that can be seen; `own` goes before what everybody answers."""
    return {each.id: answer for each in cards.visible_fields(card) if (answer := _answer(each, own))}


def _answer(field: Field, own: Mapping[str, str]) -> str:
    """What the person says to it; else what stands there already, and else what everybody says."""
    question = field.id.partition(".")[0]
    answer = own.get(question, field.value or _ANSWERS.get(question, ""))
    known = [choice.value for choice in field.choices]
    if not known:
        return answer
    fits = [each for each in answer.split(",") if each in known]
    return ",".join(fits if field.several else fits[:1]) or ("" if field.several else known[0])
