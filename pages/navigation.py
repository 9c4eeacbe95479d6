"""The entry of every run. The only script directly in pages/: another one here would be served without it."""

from dashboard.ui.navigation import run

run()
