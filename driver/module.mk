# SPDX-License-Identifier: GPL-2.0
#
# refnic.ko, out of tree, against the headers that lab/fetch.sh unpacks: no root, and nothing of the
# running kernel. The build happens in $(O)/driver/RELEASE/obj on links to the sources here.

driver_src   := $(wildcard driver/*.c driver/*.h) driver/Kbuild
driver_names := 6.1 6.12

# Kbuild would take our own O=, V= and CC= for its own: it gets none of them.
# $(1) build folder, $(2) name of a kernel of lab/kernels.list, $(3) more for make
define kmod_make
env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL $(MAKE) -C $(O)/lab/kernels/$(2)/build \
		$(if $(filter 1,$(V)),V=1,-s) -j2 M=$$(realpath $(1)) $(3) modules
endef

# $(1) build folder, $(2) name of a kernel, $(3) sources and Kbuild, which it links to, $(4) more for make
define kmod_build
	mkdir -p $(1) && ln -sf $(addprefix $(CURDIR)/,$(3)) $(1) && \
	$(call kmod_make,$(1),$(2),$(4))
endef

.PHONY: driver-check
driver: $(O)/driver/.stamp-$(KERNEL)

$(O)/driver/.stamp-%: $(driver_src) driver/module.mk $(O)/lab/kernels/%/.stamp-headers
	$(call say,KO,refnic.ko for $*)
	$(Q)dir=$(O)/driver/$$(cat $(O)/lab/kernels/$*/release) && \
	$(call kmod_build,$$dir/obj,$*,$(driver_src),) && \
	strip --strip-debug -o $$dir/refnic.ko $$dir/obj/refnic.ko
	@touch $@

# Compiler warnings at W=1, and sparse. Anything said is a failure.
driver-check: $(foreach k,$(driver_names),$(O)/lab/kernels/$(k)/.stamp-headers)
	@command -v sparse >/dev/null || { echo "driver-check: sparse is missing; run lab/deps.sh" >&2; exit 3; }
	$(Q)for k in $(driver_names); do \
		dir=$(O)/driver/check/$$k; rm -rf $$dir; mkdir -p $$dir; \
		{ $(call kmod_build,$$dir,$$k,$(driver_src),W=1 C=2 CHECK=sparse); } >$$dir.log 2>&1; rc=$$?; \
		cat $$dir.log; [ $$rc -eq 0 ] && [ ! -s $$dir.log ] || exit 1; \
		printf '  %-7s %s\n' CHECK "driver for $$k"; \
	done

.PRECIOUS: $(O)/driver/.stamp-%

#h make driver-check   refnic with W=1 and sparse, for 6.1 and 6.12; anything said is a failure
