# Tacho: two commands do it all: `make up` runs it, `make test` tests it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help up build debug test test-kafka detection prove bench gate format lint clean

FLAGS := --explicit-target-dependency-import-check error
PORT ?= 8080
DATA ?= .tacho
SHORT ?= 0

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' Makefile | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

up: build ## Build, then serve on http://localhost:8080 with a demo fleet driving (PORT=, DATA=)
	bin/tacho up --demo --port $(PORT) --data $(DATA)

build: ## Build bin/tacho, optimised
	@.ci/install build
	swift build -c release --product tacho $(FLAGS)
	@mkdir -p bin && ln -sf ../.build/release/tacho bin/tacho

test: lint ## Build once, then run every test
	@.ci/install test
	$(MAKE) --no-print-directory debug
	swift test --skip-build --no-parallel

test-kafka: ## Test the Kafka engine alone, on TACHO_TEST_BROKERS where that names a cluster
	@.ci/install test
	$(MAKE) --no-print-directory debug
	swift test --skip-build --no-parallel --filter 'KafkaLogTests|PipelineTests'

# By product: building everything would also build the C++ protoc that swift-protobuf brings.
debug:
	swift build --product tachoPackageTests $(FLAGS)
	swift build --product tacho $(FLAGS)

detection: debug ## Print how well events are found, and fail below the minima
	swift test --skip-build --filter Detection

prove: ## The long runs: kills, faults, mutants (SHORT=1: a sample of each)
	@.ci/install test
	$(MAKE) --no-print-directory debug
	SHORT=$(SHORT) Tests/Proof/prove

bench: ## Measure work per CPU second (some minutes of building, then some of measuring)
	@.ci/install test
	bench/run

gate: ## Compare instructions a point with those committed
	@.ci/install bench
	bench/gate

lint: ## Check the format of every source file
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format: ## Format every source file
	swift format format --in-place --recursive --parallel Package.swift Sources Tests

clean: ## Remove everything that was built; data stays
	rm -rf .build bin
