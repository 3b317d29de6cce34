# SPDX-License-Identifier: GPL-2.0
# The module that delays packets by a known time: ground truth for the accuracy test.

delay_src := tests/lab/delay/rxs_delay.c tests/lab/delay/Kbuild

.PHONY: delay
delay: $(O)/tests/lab/delay/.stamp-$(KERNEL)

$(O)/tests/lab/delay/.stamp-%: $(delay_src) $(O)/lab/kernels/%/.stamp-headers
	$(call say,KO,rxs_delay.ko for $*)
	$(Q)$(call kmod_build,$(@D)/$*,$*,$(delay_src),)
	@touch $@

# refnic with the patches of examples/ci, for the test of the gate: one the gate must catch, one it must not.
gate_patches := slow harmless

.PHONY: gate-drivers
gate-drivers: driver $(gate_patches:%=$(O)/tests/lab/gate/%/.stamp)

$(O)/tests/lab/gate/%/.stamp: examples/ci/%.patch $(driver_src) $(O)/lab/kernels/$(KERNEL)/.stamp-headers
	$(call say,KO,refnic.ko with $<)
	$(Q)rm -rf $(@D) && mkdir -p $(@D)/obj && cp $(driver_src) $(@D)/obj && \
	patch -s -p2 -d $(@D)/obj < $< && \
	$(call kmod_make,$(@D)/obj,$(KERNEL),) && \
	strip --strip-debug -o $(@D)/refnic.ko $(@D)/obj/refnic.ko
	@touch $@

.PRECIOUS: $(O)/tests/lab/gate/%/.stamp

# Not a part of `make test`: seven kernels take their time.
.PHONY: test-matrix
test-matrix: deps
	+$(Q)$(MAKE) --no-print-directory all driver
	+$(Q)$(MAKE) --no-print-directory O=$(O)/asan ASAN=1 CFLAGS="-O1 -g" all
	$(Q)O=$(O) bash tests/lab/matrix.sh

#h make test-matrix  the tracer on every kernel of lab/kernels.list, and what each offers
#h make gate-drivers refnic with the patches of examples/ci, for the test of the gate
