# SPDX-License-Identifier: GPL-2.0
# Measurements side by side with the peers.

bench_tools := $(O)/tests/bench/enlarge $(O)/tests/bench/peak

$(bench_tools): $(O)/tests/bench/%: $(O)/obj/tests/bench/%.o
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(rxs_ldflags) -o $@ $<

.SECONDARY: $(bench_tools:$(O)/tests/bench/%=$(O)/obj/tests/bench/%.o)

.PHONY: bench-readers
bench: bench-readers
bench-readers: all $(bench_tools)
	$(Q)O=$(O) tests/bench/bench_readers.sh

.PHONY: bench-truth
bench: bench-truth
bench-truth: all driver delay
	$(Q)mkdir -p $(O)/tests/bench
	$(Q)O=$(O) tests/bench/bench_truth.sh

# Not a part of `make bench`: 300 recordings take half an hour.
.PHONY: bench-noise
bench-noise: all driver delay
	$(Q)mkdir -p $(O)/tests/bench
	$(Q)O=$(O) tests/bench/bench_noise.sh

#h make bench-noise    how often diff is wrong about noisy recordings, of 20 times (ROUNDS=20); half an hour
#h make bench-truth    completeness and accuracy alone: tables against ground truth
#h make bench-readers  the readers alone: against trace-cmd report and perf script
