"""A posting as schema.org's JobPosting, so that search engines and other platforms read it off its public page."""

from typing import Any

from labor_brands.bundles.rules import without_numbers
from web.filters import yuan
from web.words import paid_by
from zero_work_market.ground.clock import local
from zero_work_market.market.gate.rules import FULL_TIME, PART_TIME
from zero_work_market.market.postings.models import Posting
from zero_work_market.reference.occupations.queries import label
from zero_work_market.reference.regions.queries import path

UNITS = {"hour": "HOUR", "day": "DAY", "month": "MONTH"}
KINDS = {PART_TIME: "PART_TIME", FULL_TIME: "FULL_TIME"}


def job_posting(posting: Posting, *, url: str) -> dict[str, Any]:
    """Public facts alone. Pay by the piece is told as what an hour comes to."""
    county, town = [step.name for step in path(posting.town)][-2:]
    by_piece = posting.pay_kind not in UNITS
    trades = "、".join(label(need.occupation) for need in posting.occupations)
    said = f"{without_numbers(posting.words)}招 {posting.headcount} 人，{paid_by(posting.pay_days)}给钱。"
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": posting.title,
        "description": f"{posting.title}，{trades}。{said}",
        "identifier": {"@type": "PropertyValue", "name": posting.employer.name, "value": f"v-{posting.id}"},
        "datePosted": local(posting.published_at or posting.posted_at).isoformat(),
        "validThrough": local(posting.closes_at).isoformat(),
        "jobStartDate": local(posting.closes_at).isoformat(),
        "employmentType": KINDS.get(posting.employment, "TEMPORARY"),
        "hiringOrganization": {"@type": "Organization", "name": posting.employer.name},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress", "streetAddress": without_numbers(posting.address), "addressLocality": town,
                "addressRegion": county, "addressCountry": "CN",
            },
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "CNY",
            "value": {
                "@type": "QuantitativeValue",
                "value": float(yuan(posting.hourly_fen if by_piece else posting.pay_fen, grouped=False)),
                "unitText": "HOUR" if by_piece else UNITS[posting.pay_kind],
            },
        },
        "totalJobOpenings": posting.headcount,
        "directApply": True,
        "url": url,
    }  # fmt: skip
