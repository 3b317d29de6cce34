# SPDX-License-Identifier: GPL-2.0
#
# The lab: kernels, and the program that makes the scenarios' traffic. See lab/README.md.

# Fetched once, and kept. KERNEL is a name of lab/kernels.list.
$(O)/lab/kernels/%/.stamp-image:
	$(Q)O=$(O) lab/fetch.sh $*

$(O)/lab/kernels/%/.stamp-headers:
	$(Q)O=$(O) lab/fetch.sh --headers $*

.PRECIOUS: $(O)/lab/kernels/%/.stamp-image $(O)/lab/kernels/%/.stamp-headers

lab_programs := $(addprefix $(O)/lab/,traffic enter box relay turns.so)

# Static: in the guest linking takes longer than anything else.
$(O)/lab/traffic $(O)/lab/enter $(O)/lab/box: $(O)/lab/%: lab/guest/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -static -o $@ $<

$(O)/lab/relay: lab/relay.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -o $@ $<

$(O)/lab/turns.so: lab/turns.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -shared -fPIC -o $@ $<

.PHONY: lab kernel headers
kernel: $(O)/lab/kernels/$(KERNEL)/.stamp-image
headers: $(O)/lab/kernels/$(KERNEL)/.stamp-headers
lab: kernel $(lab_programs)

#h make kernel     fetch the lab's KERNEL; make headers: with what builds modules for it
