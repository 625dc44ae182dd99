from datetime import date

import pytest

from domain.data import Certainty, Names, UnknownForum
from domain.forum import Forum, load_forum
from domain.register import Organisation, OrganisationKind

ON = date(2023, 2, 1)


@pytest.fixture
def forum() -> Forum:
    return load_forum("nordland")


def test_region_of_a_municipality_is_its_own(forum: Forum) -> None:
    regions = {number: forum.region_of(number, ON) for number in ("1804", "1860", "1806")}
    assert {number: region and region.key for number, region in regions.items()} == {
        "1804": "SALTEN",
        "1860": "LOFOTEN",
        "1806": "OFOTEN",
    }


def test_region_of_the_county_and_of_strangers_is_none(forum: Forum) -> None:
    assert [forum.region_of(number, ON) for number in ("18", "0301", "", "eksempel")] == [None] * 4


def test_region_of_follows_the_day(forum: Forum) -> None:
    """Rødøy came into Salten regional council in 2018; where it was before is not known."""
    before, after = (forum.region_of("1836", day) for day in (date(2017, 12, 31), date(2018, 1, 1)))
    assert (before, after) == (None, forum.region("SALTEN"))


def test_municipalities_of_a_region_are_in_the_order_of_their_numbers(forum: Forum) -> None:
    found = [(m.number, m.name) for m in forum.municipalities_of("YH", ON)]
    assert found == [
        ("1818", "Herøy"),
        ("1820", "Alstahaug"),
        ("1822", "Leirfjord"),
        ("1827", "Dønna"),
        ("1835", "Træna"),
    ]


def test_municipalities_of_an_unknown_region_are_none(forum: Forum) -> None:
    assert forum.municipalities_of("FINNMARK", ON) == ()


def test_organisations_are_the_public_bodies_without_invented_numbers(forum: Forum) -> None:
    by_kind: dict[OrganisationKind, list[Organisation]] = {}
    for organisation in forum.organisations():
        by_kind.setdefault(organisation.kind, []).append(organisation)
    assert {kind: len(found) for kind, found in by_kind.items()} == {
        OrganisationKind.MUNICIPALITY: 41,
        OrganisationKind.COUNTY_MUNICIPALITY: 1,
        OrganisationKind.HIGHER_ED_INSTITUTION: 4,
        OrganisationKind.COUNTY_GOVERNOR: 1,
    }
    assert {organisation.org_number for organisation in forum.organisations()} == {None}
    assert by_kind[OrganisationKind.MUNICIPALITY][0] == Organisation(
        "1804", OrganisationKind.MUNICIPALITY, "Bodø kommune", "1804"
    )
    assert by_kind[OrganisationKind.COUNTY_MUNICIPALITY] == [
        Organisation("18", OrganisationKind.COUNTY_MUNICIPALITY, "Nordland fylkeskommune")
    ]


def test_uncertain_memberships_say_so(forum: Forum) -> None:
    uncertain = {
        membership.municipality: membership.certainty
        for _, membership in forum.memberships()
        if membership.certainty is not Certainty.HIGH
    }
    assert uncertain == {
        "1804": Certainty.MEDIUM,  # Bodø may be a region of its own
        "1828": Certainty.MEDIUM,  # Nesna
        "1834": Certainty.LOW,  # Lurøy
        "1835": Certainty.LOW,  # Træna
    }


def test_one_body_recommends_and_three_advise(forum: Forum) -> None:
    assert [(body.key, body.kind) for body in forum.bodies] == [
        ("forum", "forum"),
        ("committee_kindergarten", "expert_committee"),
        ("committee_school", "expert_committee"),
        ("committee_upper_secondary", "expert_committee"),
    ]


def test_only_seats_of_the_forum_vote(forum: Forum) -> None:
    voting = {body.key: [seat.key for seat in body.seats if seat.votes] for body in forum.bodies}
    assert voting == {
        "forum": [
            "kindergarten_owner_public",
            "kindergarten_owner_private",
            "school_owner_public",
            "school_owner_private",
            "kindergarten_authority",
            "higher_ed_institution",
            "ks",
            "pbl",
            "union_representative",
        ],
        "committee_kindergarten": [],
        "committee_school": [],
        "committee_upper_secondary": [],
    }


def test_networks_and_offices_are_those_of_the_regions(forum: Forum) -> None:
    assert [network.name.nb for network in forum.networks] == [
        "Nettverk SH",
        "Nettverk YH",
        "Nettverk IH",
        "Nettverk Salten",
        "Nettverk Narvik",
        "Nettverk Vesterålen",
        "Nettverk Lofoten",
    ]
    assert [(office.key, office.valid_to) for office in forum.offices] == [
        ("rkk-ytre-helgeland", None),
        ("rkk-vefsn", None),
        ("rkk-salten", None),
        ("rkk-ofoten", date(2018, 12, 31)),
        ("rkk-vesteralen", None),
        ("rkk-lofoten", None),
    ]


def test_names_fall_back_to_bokmål() -> None:
    names = Names("skole", "skule", "school")
    assert [names.in_(language) for language in ("nb", "nn", "en", "sma")] == [
        "skole",
        "skule",
        "school",
        "skole",
    ]


def test_unknown_forum_names_the_known_ones() -> None:
    with pytest.raises(UnknownForum) as error:
        load_forum("atlantis")
    assert str(error.value) == "no forum 'atlantis'; there are: nordland"


def test_unknown_forum_is_no_way_to_other_files() -> None:
    with pytest.raises(UnknownForum):
        load_forum("../nordland")
