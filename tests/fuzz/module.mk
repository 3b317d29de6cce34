# SPDX-License-Identifier: GPL-2.0
# Fuzzing of the readers. `make test` runs the deterministic part (mutate); `make fuzz` runs libFuzzer on each
# reader for FUZZ_SECONDS (default 60) and wants clang.

FUZZ_SECONDS ?= 60
FUZZ_CC	?= clang

fuzz_kinds := tracedat perfdata rxs
fuzz_bin   := $(fuzz_kinds:%=$(O)/fuzz/fuzz_%)
fuzz_cc	   := $(FUZZ_CC) -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	      -fno-omit-frame-pointer
# The screen is no reader.
fuzz_src   := $(filter-out tui/% tracer/view/%,$(lib_src)) tests/fuzz/fuzz_one.c
fuzz_obj   := $(fuzz_src:%.c=$(O)/fuzz/obj/%.o)

$(O)/fuzz/obj/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(fuzz_cc) -fsanitize=fuzzer-no-link $(rxs_cflags) -c -o $@ $<

$(O)/fuzz/fuzz_%: $(O)/fuzz/obj/tests/fuzz/fuzz_%.o $(fuzz_obj)
	$(call say,LD,$@)
	$(Q)$(fuzz_cc) -fsanitize=fuzzer -o $@ $^ $(rxs_libs)

.SECONDARY: $(fuzz_kinds:%=$(O)/fuzz/obj/tests/fuzz/fuzz_%.o)
-include $(fuzz_obj:.o=.d) $(fuzz_kinds:%=$(O)/fuzz/obj/tests/fuzz/fuzz_%.d)

# New inputs go to the build folder; a finding is written there as crash-*, hang-* or oom-*.
.PHONY: fuzz
fuzz: $(fuzz_bin)
	$(Q)for k in $(fuzz_kinds); do \
		mkdir -p $(O)/fuzz/new-$$k; \
		echo "fuzz: $$k for $(FUZZ_SECONDS) s"; \
		$(O)/fuzz/fuzz_$$k -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2048 -max_len=262144 \
			-print_final_stats=1 -artifact_prefix=$(O)/fuzz/ -dict=tests/fuzz/$$k.dict \
			$(O)/fuzz/new-$$k tests/fuzz/corpus/$$k 2> $(O)/fuzz/$$k.log || \
			{ tail -n 60 $(O)/fuzz/$$k.log; exit 1; }; \
		grep -E '^stat::(number_of_executed_units|peak_rss_mb)' $(O)/fuzz/$$k.log; \
	done

#h make fuzz       libFuzzer on each reader for FUZZ_SECONDS=60 (clang)

$(O)/tests/fuzz/mutate: $(O)/obj/tests/fuzz/mutate.o $(O)/obj/tests/fuzz/fuzz_one.o $(O)/librxscope.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(rxs_ldflags) -o $@ $^ $(rxs_libs)

.SECONDARY: $(O)/obj/tests/fuzz/mutate.o $(O)/obj/tests/fuzz/fuzz_one.o
-include $(O)/obj/tests/fuzz/mutate.d $(O)/obj/tests/fuzz/fuzz_one.d
test-bins: $(O)/tests/fuzz/mutate
