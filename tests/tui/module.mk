# SPDX-License-Identifier: GPL-2.0
# Tests of the screen: the tools that draw it and drive it, and made-up traffic for the unit tests.

tui_test_obj := $(O)/obj/tests/tui/gen.o
unit_obj     += $(tui_test_obj)
$(unit_bin): $(tui_test_obj)

tui_tools := $(O)/tests/tui/draw_screen $(O)/tests/tui/drive

$(O)/tests/tui/draw_screen: $(O)/obj/tests/tui/draw_screen.o $(O)/obj/tests/tui/vt_dump.o $(tui_test_obj) $(O)/librxscope.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(rxs_ldflags) -o $@ $(filter %.o,$^) $(O)/librxscope.a $(rxs_libs) -lvterm

$(O)/tests/tui/drive: $(O)/obj/tests/tui/drive.o
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(rxs_ldflags) -o $@ $< -lvterm -lutil

test-bins: $(tui_tools)

$(O)/tests/tui/stream: $(O)/obj/tests/tui/stream.o $(O)/librxscope.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(rxs_ldflags) -o $@ $< $(O)/librxscope.a $(rxs_libs)

$(O)/tests/tui/bench_screen: $(O)/obj/tests/tui/bench_screen.o $(tui_test_obj) $(O)/librxscope.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(rxs_ldflags) -o $@ $(filter %.o,$^) $(O)/librxscope.a $(rxs_libs) -lvterm -lutil

.PHONY: bench-screen
#h make bench-screen  what the screen costs, and how late it shows an event
bench-screen: all $(O)/tests/tui/stream $(O)/tests/tui/bench_screen
	$(Q)O=$(O) tests/tui/bench.sh
bench: bench-screen

-include $(wildcard $(O)/obj/tests/tui/*.d)

.PHONY: pictures
#h make pictures   draw docs/pictures from a recording in the tree
pictures: $(O)/rxscope
	$(Q)RXSCOPE=$(O)/rxscope tests/tui/pictures.sh docs/pictures
