# apo: build, test and measure. CGO_ENABLED=0 for everything but the race
# detector, so that nothing is compiled twice.
export CGO_ENABLED = 0
export GOFLAGS += -buildvcs=false

GOFUMPT     = mvdan.cc/gofumpt@v0.12.0
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME   ?= 30s
CRASH_ROUNDS ?= 1000
CRASH_SEED ?=
MODEL_RUNS ?= 10000

.PHONY: help build install test race check cross crash-test bench fuzz completions

# what takes too long with the race detector for each day: the tests of the whole
# program, and the sandbox's
LONG = cmd/internal/e2e pkg/sandbox

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./apo, one file that needs nothing beside it
	go build -trimpath -ldflags '-s -w' -o apo .

install: ## install apo into Go's bin folder
	go install -trimpath -ldflags '-s -w' .

test: check ## format, vet, staticcheck, then all tests, those of most packages with the race detector; takes about seven minutes on two cores
	@if command -v $$(go env CC) >/dev/null; then \
		echo 'go test -race -shuffle=on -vet=off -timeout 30m, all but $(LONG)'; \
		CGO_ENABLED=1 go test -race -shuffle=on -vet=off -timeout 30m $$(go list ./... $(LONG:%=| grep -v '/%$$')) && \
		go test -shuffle=on -vet=off -timeout 30m $(LONG:%=./%) ./pkg/apo ./pkg/diagnose ./pkg/operate; \
	else \
		echo 'no C compiler here, which the race detector needs: testing without it'; go test -shuffle=on -vet=off -timeout 30m ./...; \
	fi

race: ## the race detector over what make test leaves out; before a release, and takes ten minutes
	CGO_ENABLED=1 go test -race -shuffle=on -vet=off -timeout 30m $(LONG:%=./%)

check:
	@unformatted=$$(go run $(GOFUMPT) -l .); if [ -n "$$unformatted" ]; then echo "not formatted by gofumpt:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go run $(STATICCHECK) ./...

cross: ## vet for the systems that this one is not
	@for system in linux windows darwin freebsd; do \
		[ $$system = $$(go env GOHOSTOS) ] || { echo "GOOS=$$system go vet ./..."; GOOS=$$system go vet ./... || exit 1; }; \
	done

crash-test: ## a thousand payments through a lossy network, killed at any moment, and ten thousand sequences against the model: none lost, none doubled (CRASH_ROUNDS, MODEL_RUNS, CRASH_SEED)
	APO_CRASH_ROUNDS=$(CRASH_ROUNDS) APO_CRASH_SEED=$(CRASH_SEED) go test -run '^(TestCrashes|TestDurableThenSent)$$' -count 1 -v -timeout 20m ./cmd/internal/e2e
	APO_MODEL_RUNS=$(MODEL_RUNS) APO_MODEL_SEED=$(CRASH_SEED) go test -run '^TestModel$$' -count 1 -v -timeout 60m ./pkg/operate

bench: ## the measurements that the project promises, as ratios in one run
	go test -p 1 -run '^$$' -bench . -benchtime 3s ./...

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$package || exit 1; \
		done; \
	done

completions: ## write the completion scripts into completions/
	@mkdir -p completions
	go run . completion bash > completions/apo.bash
	go run . completion zsh > completions/_apo
	go run . completion fish > completions/apo.fish
	go run . completion powershell > completions/apo.ps1
