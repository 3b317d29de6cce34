# SPDX-License-Identifier: GPL-2.0
# rxscope: `make demo` shows it, `make test` tests it, `make help` lists the rest.

O	?= build
PREFIX	?= /usr/local
DESTDIR	?=
CC	?= gcc
V	?= 0
ASAN	?= 0
KERNEL	?= 6.1

Q	:= $(if $(filter 1,$(V)),,@)
say	= $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)')

VERSION	:= 0.1

PKGS	:= libtracefs libtraceevent libtracecmd libbpf ncursesw panelw libpcap libzstd zlib
PKG_CONFIG ?= pkg-config

CFLAGS	?= -O2 -g
rxs_cflags := -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -DRXS_VERSION='"$(VERSION)"' -MMD -MP -fno-common
rxs_cflags += $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
rxs_libs   := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -lm -lpthread
# Reading a recording costs a tenth less so (perf.data: 0.346 s to 0.310 s for 1.75 M events). clang would want lld for it.
ifeq ($(ASAN)$(findstring clang,$(CC)),0)
rxs_cflags += -flto=auto
rxs_ldflags := -flto=auto
endif
ifeq ($(ASAN),1)
rxs_cflags += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
rxs_ldflags := -fsanitize=address,undefined
endif

# Every C file in these folders is part of the library: adding one needs no line here.
lib_dirs := probes tracer/base tracer/source tracer/decode tracer/path tracer/stat tracer/run tracer/view tui
lib_src	 := $(wildcard $(addsuffix /*.c,$(lib_dirs)))
cmd_src	 := $(wildcard tracer/cmd/*.c) tracer/main.c
lib_obj	 := $(lib_src:%.c=$(O)/obj/%.o)
cmd_obj	 := $(cmd_src:%.c=$(O)/obj/%.o)

.DELETE_ON_ERROR:
.PHONY: all deps demo test clean help install driver bench

all: $(O)/rxscope

$(O)/rxscope: $(cmd_obj) $(O)/librxscope.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(rxs_ldflags) $(LDFLAGS) -o $@ $(cmd_obj) $(O)/librxscope.a $(rxs_libs)

$(O)/librxscope.a: $(lib_obj)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(lib_obj)

# The flags are part of what an object depends on: ASAN=1 or CC=clang rebuilds.
flags_now := $(CC) $(CFLAGS) $(rxs_cflags)
$(O)/.flags: FORCE
	@mkdir -p $(O); printf '%s\n' '$(subst ','\'',$(flags_now))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(flags_now))' > $@
.PHONY: FORCE
FORCE:

$(O)/obj/%.o: %.c $(O)/.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(rxs_cflags) -c -o $@ $<

-include $(lib_obj:.o=.d) $(cmd_obj:.o=.d)

# Packages first, then a make that sees them: pkg-config answers change once they are installed.
deps:
	$(Q)lab/deps.sh

-include $(wildcard lab/module.mk driver/module.mk tests/module.mk docs/module.mk examples/module.mk)

# Packages may be new since this make read its pkg-config answers: go on in a fresh one.
demo: deps
	+$(Q)$(MAKE) --no-print-directory all driver kernel
	$(Q)O=$(O) lab/demo.sh

# The lab goes with what it builds for its guest: refnic, and the programs that make the traffic.
lab_files = $(wildcard lab/* lab/guest/* lab/scenarios/* driver/*)

install: all
	$(Q)install -D -m 755 $(O)/rxscope $(DESTDIR)$(PREFIX)/bin/rxscope
	$(Q)for f in $(wildcard docs/man/*.1); do \
		install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/man/man1/$$(basename $$f) || exit 1; done
	$(Q)for f in Makefile packages.list $(filter-out lab/guest lab/scenarios,$(lab_files)); do \
		m=644; [ ! -x $$f ] || m=755; \
		install -D -m $$m $$f $(DESTDIR)$(PREFIX)/libexec/rxscope/$$f || exit 1; done

clean:
	$(Q)rm -rf $(O)

help:
	@sed -n 's/^#h //p' $(MAKEFILE_LIST)

#h make            build $(O)/rxscope
#h make demo       install what is missing, boot the lab, show live packets (plain report without a terminal)
#h make test       install what is missing, run all tests; ends with "N passed, N failed"
#h make driver     build refnic.ko for KERNEL=6.1
#h make bench      measure, side by side with the peers
#h make install    DESTDIR= PREFIX=/usr/local
#h make clean      remove the build folder
#h
#h variables: O=build V=1 ASAN=1 CC=clang KERNEL=6.1
