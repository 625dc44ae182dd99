"""The settings of the samples: without a registration as published, with one where BENCH_APP_ID is set."""

import os

import peer


class Config:
    APP_ID = os.environ.get("BENCH_APP_ID", "")
    APP_PASSWORD = "a-password-for-loopback" if APP_ID else ""
    APP_TYPE = "SingleTenant" if APP_ID else "MultiTenant"
    APP_TENANTID = os.environ.get("BENCH_TENANT", "")


peer.lead_to_loopback()
