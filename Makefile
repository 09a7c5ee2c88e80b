# Two commands are enough: `make demo` and `make test`. Both install what is missing first.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
CONFIGURATION ?= debug
DEMO_FLAGS ?=

# To make the Debian package with; tzdata is needed to install it.
DEB_PACKAGES := binutils dpkg-dev tzdata
# Libraries to build with; programs that the tests run for real.
BUILD_PACKAGES := libcrypt-dev libcurl4-openssl-dev libgnutls28-dev libmicrohttpd-dev zlib1g-dev pkg-config
TEST_PACKAGES := chromium curl openssl prometheus prometheus-alertmanager prometheus-node-exporter python3 python3-venv systemd

# As somebody else than root, what only root may do goes by sudo.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get

# The checks of alerts and dashboards are Python programs, in an environment of their own.
CHECKS := .build-checks
PYTHON = PYTHONDONTWRITEBYTECODE=1 $(CHECKS)/bin/python
# The program that the tests built.
PROGRAM = $$($(SWIFT) build --show-bin-path)/mailstore_exporter

.PHONY: all deps test-deps build demo test test-program test-alerts test-dashboards test-panels mutate dashboards preview \
	test-threads test-deb deb lint format install clean

all: build

# $(call install-missing,PACKAGES): does nothing where all of them are there.
define install-missing
	@missing="$$(for package in $(1); do \
		dpkg-query -W -f='$${Status}\n' "$$package" 2>/dev/null | grep -q 'ok installed' || echo "$$package"; done)"; \
	if [ -n "$$missing" ]; then \
		echo "installing" $$missing && $(APT) update -qq && \
		$(APT) install -y -qq --no-install-recommends $$missing; \
	fi
endef

deps:
	$(call install-missing,$(BUILD_PACKAGES))

test-deps: deps
	$(call install-missing,$(TEST_PACKAGES))

build: deps
	$(SWIFT) build --configuration $(CONFIGURATION) --product mailstore_exporter

# Runs until Ctrl-C; the metrics are at http://127.0.0.1:9463/metrics.
demo: build
	"$$($(SWIFT) build --configuration $(CONFIGURATION) --show-bin-path)/mailstore_exporter" demo $(DEMO_FLAGS)

# The tests run target by target, each in a process of its own: they start servers and programs, which would compete for
# two cores. EXTRA: more flags for the compiler, as CI gives them.
#
# The long computations of ledger, schedules and history leave no time for tests beside them. The last group waits for
# full minutes, and the one before keeps both cores busy.
TEST_GROUPS := PlainTextTests. OperatingSystemTests. ExpositionTests. MailStoreAPITests. MicroHTTPServerTests. \
	CurlTransportTests. MailStoreSimulatorTests. KitTests. 'ConfigurationTests.(?!Schedule)' 'LedgerTests.(?!ExactlyOnce)' \
	CollectionTests. WebTests. 'CommandsTests.(?!History)' SystemdTests. LogOutputTests. \
	'(ConfigurationTests.Schedule|LedgerTests.ExactlyOnce|CommandsTests.History)' \
	'EndToEndTests.(?!Verification|SeedReplay|Alert)' 'EndToEndTests.(Verification|SeedReplay|Alert)'

test: test-program test-alerts test-dashboards test-panels test-deb

test-program: test-deps
	$(SWIFT) build --build-tests $(EXTRA)
	@set -e; for tests in $(TEST_GROUPS); do \
		echo "== $$tests"; $(SWIFT) test --skip-build $(EXTRA) --filter "^$$tests"; done

$(CHECKS)/ready: Tests/requirements.txt
	python3 -m venv $(CHECKS)
	$(CHECKS)/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	@touch $@

# The rules by promtool and their unit tests; that none is without tests; that names, runbook and links fit.
test-alerts: test-program $(CHECKS)/ready
	promtool check rules --lint=all --lint-fatal alerts/*.rules.yml
	promtool test rules alerts/tests/*.yml
	$(PYTHON) Tests/Alerts/coverage.py
	$(PYTHON) Tests/Alerts/contract.py --exporter "$(PROGRAM)"
	$(PYTHON) -m unittest discover -s Tests/Alerts -p 'test_*.py'

# The dashboards by the official models, the query parser and the rules of this house.
test-dashboards: $(CHECKS)/ready
	python3 -B dashboards/source/generate.py --check
	$(PYTHON) Tests/Dashboards/models.py
	$(PYTHON) Tests/Dashboards/queries.py
	$(PYTHON) Tests/Dashboards/lint.py
	$(PYTHON) Tests/Dashboards/thresholds.py
	$(PYTHON) -m unittest discover -s Tests/Dashboards -p 'test_*.py'

# Every query of every panel on a real Prometheus: scraped from the demo, and backfilled by history.
test-panels: test-program $(CHECKS)/ready
	$(PYTHON) Tests/Dashboards/live.py --exporter "$(PROGRAM)"

# The Debian package, installed for real in a root folder of its own, run, upgraded, removed and purged. It holds the
# program that the tests built, whose Swift runtime lies beside it; DEB_PROGRAM=… takes another one, such as a release.
DEB_PROGRAM ?=
test-deb: $(if $(DEB_PROGRAM),test-deps,test-program)
	$(SUDO) env PYTHONDONTWRITEBYTECODE=1 DEB_PROGRAM="$(or $(DEB_PROGRAM),$(PROGRAM))" \
		python3 Tests/Debian/test_package.py

# Changes every rule in every way that matters, one at a time, and sees that the tests notice.
mutate: test-deps $(CHECKS)/ready
	$(PYTHON) Tests/Alerts/mutate.py

# Writes the dashboards anew from dashboards/source.
dashboards:
	python3 -B dashboards/source/generate.py

# Plays a month of simulated servers and draws the pictures of the dashboards: half an hour, and needs chromium.
preview: test-deps $(CHECKS)/ready
	$(SWIFT) build --product mailstore_exporter
	$(PYTHON) Tests/Dashboards/preview.py --exporter "$(PROGRAM)"

# The same under ThreadSanitizer, in a build of its own; the suppressions say why each is there.
test-threads: test-deps
	$(SWIFT) build --build-tests --sanitize thread --scratch-path .build-threads
	@set -e; export TSAN_OPTIONS="suppressions=$(CURDIR)/Tests/thread-sanitizer.supp"; \
	for tests in $(TEST_GROUPS); do echo "== $$tests"; \
		$(SWIFT) test --skip-build --sanitize thread --scratch-path .build-threads --filter "^$$tests"; done

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

install: deps
	$(SWIFT) build --configuration release --product mailstore_exporter --static-swift-stdlib
	$(if $(DESTDIR),,$(SUDO)) install -D -m 755 "$$($(SWIFT) build --configuration release --show-bin-path)/mailstore_exporter" \
		"$(DESTDIR)$(PREFIX)/bin/mailstore_exporter"

# The Debian package, in .build-deb. It holds a release with the Swift runtime in it, and needs no toolchain.
# DEB_VERSION=…: another version than the program's with -1 behind it. DEBFULLNAME, DEBEMAIL: who makes it.
DEB_BUILD := --configuration release --product mailstore_exporter --static-swift-stdlib --disable-local-rpath
deb: deps
	$(call install-missing,$(DEB_PACKAGES))
	$(SWIFT) build $(DEB_BUILD)
	DEB_VERSION="$(DEB_VERSION)" Sources/Debian/build.sh \
		"$$($(SWIFT) build --configuration release --show-bin-path)/mailstore_exporter" .build-deb

clean:
	rm -rf .build .build-*
