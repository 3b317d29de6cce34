# SPDX-License-Identifier: GPL-2.0
# All tests. `make test` runs everything; T="unit lint" runs only those suites.

unit_src  := $(wildcard tests/unit/test_*.c)
unit_help := $(filter-out $(unit_src),$(wildcard tests/unit/*.c))
unit_bin  := $(unit_src:tests/unit/%.c=$(O)/tests/unit/%)
unit_obj  := $(unit_help:%.c=$(O)/obj/%.o)

.PHONY: unit test-run test-bins
unit: $(unit_bin)

$(O)/tests/unit/%: $(O)/obj/tests/unit/%.o $(unit_obj) $(O)/librxscope.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(rxs_ldflags) -o $@ $< $(unit_obj) $(O)/librxscope.a $(rxs_libs) -lcmocka $(test_libs)

# The objects stay: without this make deletes them as intermediate files.
.SECONDARY: $(unit_src:%.c=$(O)/obj/%.o)
-include $(unit_src:%.c=$(O)/obj/%.d) $(unit_obj:.o=.d)

-include $(wildcard tests/*/module.mk)

# Two builds: one as shipped, one with ASan and UBSan, in which everything in user space is tested.
test: deps
	+$(Q)$(MAKE) --no-print-directory test-run

# `make O=build/asan ASAN=1 test-bins` is how the sanitized half is built; unit tests are run of that one only.
test-bins: all $(if $(filter 1,$(ASAN)),unit)

# The modules of the lab tests: where there are no headers for them, those tests fail and the others still run.
test-run:
	+$(Q)$(MAKE) --no-print-directory -j$$(nproc) test-bins
	+$(Q)$(MAKE) --no-print-directory -j$$(nproc) O=$(O)/asan ASAN=1 CFLAGS="-O1 -g" test-bins
ifneq ($(if $(T),$(filter lab,$(T)),lab),)
	-+$(Q)$(MAKE) --no-print-directory delay gate-drivers
endif
	$(Q)O=$(O) tests/run.sh $(T)
