# Start with `make demo` or `make test`. Both install missing packages first.

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
CONFIGURATION ?= debug
DEMO_FLAGS ?=

# Tools that build the Debian package; tzdata is needed to install it.
DEB_PACKAGES := binutils dpkg-dev tzdata
# Libraries for the build, and programs that the tests run.
BUILD_PACKAGES := libcrypt-dev libcurl4-openssl-dev libgnutls28-dev libmicrohttpd-dev libsqlite3-dev zlib1g-dev pkg-config
TEST_PACKAGES := chromium curl openssl prometheus prometheus-alertmanager prometheus-node-exporter python3 python3-venv \
	systemd victoria-metrics

# For commands that need root.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get

# The Python environment of the checks of alerts and dashboards.
CHECKS := .build-checks
PYTHON = PYTHONDONTWRITEBYTECODE=1 $(CHECKS)/bin/python
# The program that the tests built.
PROGRAM = $$($(SWIFT) build --show-bin-path)/mailstore_exporter

.PHONY: all deps test-deps build demo test test-structure test-program test-alerts test-alert-accuracy test-dashboards \
	test-panels mutate alert-accuracy dashboards preview bench-connections bench-rules test-threads test-deb fuzz soak kills \
	docs deb lint format install clean

all: build

# $(call install-missing,PACKAGES): installs those that are missing.
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

# The tests run in groups, one process after the other: they start servers and programs, which would compete for two
# cores. EXTRA: more compiler flags, as CI sets them.
#
# Long computations have a group of their own, because they would make other tests time out. The last four groups are the
# end-to-end tests: most of them, those that keep both cores busy (two groups), and those that wait for full minutes.
TEST_GROUPS := PlainTextTests. SQLiteTests. OperatingSystemTests. ExpositionTests. MailStoreAPITests. MicroHTTPServerTests. \
	CurlTransportTests. MailStoreSimulatorTests. KitTests. FuzzTests. 'ConfigurationTests.(?!Schedule)' 'LedgerTests.(?!ExactlyOnce)' \
	CollectionTests. WebTests. 'CommandsTests.(?!History)' SystemdTests. LogOutputTests. \
	'(ConfigurationTests.Schedule|LedgerTests.ExactlyOnce|CommandsTests.History)' \
	'EndToEndTests.(?!Hostile|DescriptorLimit|ManyInstances|Verification|SeedReplay|Alert)' \
	'EndToEndTests.(Hostile|DescriptorLimit)' EndToEndTests.ManyInstances \
	'EndToEndTests.(Verification|SeedReplay|Alert)'

# The longest a group may take, in seconds: a test that hangs must fail, and name its group.
TEST_LIMIT ?= 1200

test: test-structure test-program test-alerts test-alert-accuracy test-dashboards test-panels test-deb

# Dependencies between targets, citations and links of documents, and rules for sources. Fast, so it comes before the
# compiler.
test-structure: test-deps
	python3 -B -m unittest discover -s Tests/Structure -p 'test_*.py'
	$(SWIFT) package dump-package | python3 -B Tests/Structure/structure.py --package -

test-program: test-structure
	$(SWIFT) build --build-tests $(EXTRA)
	@set -e; for tests in $(TEST_GROUPS); do \
		echo "== $$tests"; timeout --foreground --signal=INT --kill-after=10 $(TEST_LIMIT) \
		$(SWIFT) test --skip-build $(EXTRA) --filter "^$$tests" || { echo "failed: $$tests"; exit 1; }; done

$(CHECKS)/ready: Tests/requirements.txt
	python3 -m venv $(CHECKS)
	$(CHECKS)/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	@touch $@

# Checks the alerting rules with promtool, runs their unit tests, and compares them with metrics, runbook and documents.
test-alerts: test-program $(CHECKS)/ready
	promtool check rules --lint=all --lint-fatal alerts/*.rules.yml
	printf '%s\n' alerts/tests/*.yml | xargs -n 1 -P 2 promtool test rules
	$(PYTHON) Tests/Alerts/coverage.py
	$(PYTHON) Tests/Alerts/contract.py --exporter "$(PROGRAM)"
	$(PYTHON) -m unittest discover -s Tests/Alerts -p 'test_*.py'

# Ten simulated tenant-years: fails if the alerts miss a fault, or send too much. alert-accuracy runs sixty, in ten minutes, and
# writes the figures into docs/alert-accuracy.md.
test-alert-accuracy: test-deps $(CHECKS)/ready
	$(PYTHON) Tests/Alerts/accuracy/measure.py --lives 21 --bar

alert-accuracy: test-deps $(CHECKS)/ready
	$(PYTHON) Tests/Alerts/accuracy/measure.py --lives 120 --write docs/alert-accuracy.md

# Checks the dashboards with Grafana's models, a PromQL parser and our own rules.
test-dashboards: $(CHECKS)/ready
	python3 -B dashboards/source/generate.py --check
	$(PYTHON) Tests/Dashboards/models.py
	$(PYTHON) Tests/Dashboards/queries.py
	$(PYTHON) Tests/Dashboards/lint.py
	$(PYTHON) Tests/Dashboards/thresholds.py
	$(PYTHON) -m unittest discover -s Tests/Dashboards -p 'test_*.py'

# Runs every query of every panel in a real Prometheus, with scraped data of the demo and with backfilled history.
test-panels: test-program $(CHECKS)/ready
	$(PYTHON) Tests/Dashboards/live.py --exporter "$(PROGRAM)"

# Checks manual pages and completion; installs, runs, upgrades, removes and purges the Debian package in a root directory
# of its own. The package has the program that the tests built, with its Swift runtime; DEB_PROGRAM=… selects another one,
# such as a release.
DEB_PROGRAM ?=
test-deb: $(if $(DEB_PROGRAM),test-deps,test-program)
	$(SUDO) env PYTHONDONTWRITEBYTECODE=1 DEB_PROGRAM="$(or $(DEB_PROGRAM),$(PROGRAM))" \
		sh -c 'python3 Tests/Debian/test_documents.py && python3 Tests/Debian/test_package.py'

# Prints how a good client fares while another one holds 1,000 slow connections of each kind. AGAINST=NAME=PORT measures
# another exporter in the same run.
AGAINST ?=
bench-connections: build
	python3 -B Tests/Benchmarks/connections.py --exporter \
		"$$($(SWIFT) build --configuration $(CONFIGURATION) --show-bin-path)/mailstore_exporter" $(AGAINST)

# Prints how long a real Prometheus takes for each rule over TARGETS targets of 20 stores, 10 jobs and 10 profiles.
TARGETS ?= 1000
bench-rules: test-deps
	python3 -B Tests/Benchmarks/rules.py --targets $(TARGETS)

# Mutation test of the alerting rules: makes one change at a time, and checks that a test fails.
mutate: test-deps $(CHECKS)/ready
	$(PYTHON) Tests/Alerts/mutate.py

# Generates the dashboards from dashboards/source.
dashboards:
	python3 -B dashboards/source/generate.py

# Draws the pictures of the dashboards from a month of simulated servers. Takes half an hour, and needs chromium.
preview: test-deps $(CHECKS)/ready
	$(SWIFT) build --product mailstore_exporter
	$(PYTHON) Tests/Dashboards/preview.py --exporter "$(PROGRAM)"

# Runs the tests with ThreadSanitizer, in a build directory of their own, and fails if it reports a data race in any process.
# The suppressions file says why each suppression is there. The program is about ten times slower like this, too slow for
# the limits of time in the end-to-end tests. A minute of the soak takes their place: the program and the simulated server
# with all their threads, faults, reloads, kills and slow clients.
RACES := .build-threads/race
test-threads: test-deps
	$(SWIFT) build --build-tests --sanitize thread --scratch-path .build-threads
	@rm -f $(RACES).*
	@set -e; export TSAN_OPTIONS="suppressions=$(CURDIR)/Tests/thread-sanitizer.supp log_path=$(CURDIR)/$(RACES)"; \
	for tests in $(filter-out 'EndToEndTests%,$(TEST_GROUPS)); do echo "== $$tests"; \
		$(SWIFT) test --skip-build --sanitize thread --scratch-path .build-threads --filter "^$$tests"; done; \
	python3 -B Tests/Soak/soak.py --exporter .build-threads/debug/mailstore_exporter --seconds 60 --speed 300
	@if ls $(RACES).* >/dev/null 2>&1; then cat $(RACES).*; echo "failed: data races"; exit 1; fi

# Runs every fuzz target of Tests/Fuzz for SECONDS; FUZZ_TARGET=NAME selects one. The program is optimised and measures its
# own coverage, so it has a build directory of its own, .build-fuzz; there it also keeps its corpus and what it finds.
SECONDS ?= 60
FUZZ_TARGET ?=
FUZZ_BUILD := --configuration release --product fuzz --scratch-path .build-fuzz -Xswiftc -enable-testing \
	-Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld -Xcc -fsanitize=fuzzer-no-link
fuzz: deps
	FUZZ=1 $(SWIFT) build $(FUZZ_BUILD)
	python3 -B Tests/Fuzz/run.py --program .build-fuzz/release/fuzz --seconds $(SECONDS) $(addprefix --target ,$(FUZZ_TARGET))

# Runs the release for SECONDS against a simulated server with faults; see Tests/Soak.
soak: SECONDS = 3600
soak: deps
	$(SWIFT) build --configuration release --product mailstore_exporter
	python3 -B Tests/Soak/soak.py --exporter "$$($(SWIFT) build --configuration release --show-bin-path)/mailstore_exporter" \
		--seconds $(SECONDS)

# Kills the release KILLS times at random moments, and compares what it counted with the server's runs. KILLS_FLAGS=--spe
# does it with instances.
KILLS ?= 1000
KILLS_FLAGS ?=
kills: deps
	$(SWIFT) build --configuration release --product mailstore_exporter
	python3 -B Tests/Soak/kills.py --kills $(KILLS) $(KILLS_FLAGS) \
		--exporter "$$($(SWIFT) build --configuration release --show-bin-path)/mailstore_exporter"

# Builds the documentation of the library MailStoreSimulator in .build-docs. Fails if a public declaration has none, or
# if DocC warns.
DOCS := .build-docs
docs: deps
	$(SWIFT) build --target MailStoreSimulator $(EXTRA)
	@rm -rf $(DOCS) && mkdir -p $(DOCS)/symbols
	swift-symbolgraph-extract -module-name MailStoreSimulator -minimum-access-level public -skip-synthesized-members \
		-target "$$($(SWIFT) -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)" \
		-I "$$($(SWIFT) build --show-bin-path)/Modules" \
		-Xcc -fmodule-map-file=Sources/CGnuTLS/module.modulemap \
		-Xcc -fmodule-map-file=Sources/CMicroHTTPD/module.modulemap -output-dir $(DOCS)/symbols
	python3 -B Tests/Structure/documented.py $(DOCS)/symbols/MailStoreSimulator.symbols.json
	docc convert --additional-symbol-graph-dir $(DOCS)/symbols --warnings-as-errors --output-path $(DOCS)/site \
		--fallback-display-name MailStoreSimulator --fallback-bundle-identifier MailStoreSimulator

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

install: deps
	$(SWIFT) build --configuration release --product mailstore_exporter --static-swift-stdlib
	$(if $(DESTDIR),,$(SUDO)) install -D -m 755 "$$($(SWIFT) build --configuration release --show-bin-path)/mailstore_exporter" \
		"$(DESTDIR)$(PREFIX)/bin/mailstore_exporter"

# Builds the Debian package in .build-deb, with a release build that includes the Swift runtime. DEB_VERSION=…: version
# of the package; default: version of the program, plus -1. DEBFULLNAME, DEBEMAIL: the maintainer.
DEB_BUILD := --configuration release --product mailstore_exporter --static-swift-stdlib --disable-local-rpath
deb: deps
	$(call install-missing,$(DEB_PACKAGES))
	$(SWIFT) build $(DEB_BUILD)
	DEB_VERSION="$(DEB_VERSION)" Sources/Debian/build.sh \
		"$$($(SWIFT) build --configuration release --show-bin-path)/mailstore_exporter" .build-deb

clean:
	rm -rf .build .build-*
