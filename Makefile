# Comity. `make help` lists what can be made. V=debug|release|asan|tsan|fuzz|cov chooses how; CC=clang-14 the compiler.
V ?= release
Q := $(if $(VERBOSE),,@)
BUILD ?= build/$(V)$(if $(filter clang%,$(CC)),-clang)
ROOMS ?= base env crypto json text geo merkle stix label govern http store people share collect process analyse node api cli

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(V),fuzz)
CC := clang-14
endif

PKGS := libsodium sqlite3 libcrypto
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Wundef
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE
CPPFLAGS := -Isrc -Itest -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -MMD -MP $(EXTRA_CPPFLAGS)
CFLAGS := -std=c17 $(WARN) $(if $(WERROR),-Werror) -g -fno-omit-frame-pointer
LDFLAGS :=
ifeq ($(V),release)
CFLAGS += -O2 $(HARDEN)
CPPFLAGS += -D_FORTIFY_SOURCE=2
LDFLAGS += -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif
ifeq ($(V),debug)
CFLAGS += -O0
endif
ifeq ($(V),asan)
CFLAGS += -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS += -fsanitize=address,undefined
endif
ifeq ($(V),tsan)
CFLAGS += -O1 -fsanitize=thread
LDFLAGS += -fsanitize=thread
endif
ifeq ($(V),fuzz)
CFLAGS += -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS += -fsanitize=address,undefined
endif
ifeq ($(V),cov)
CFLAGS += -O0 --coverage
LDFLAGS += --coverage
endif
LDLIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lm
CPPFLAGS += $(shell pkg-config --cflags $(PKGS) 2>/dev/null)

room_src = $(filter-out %/main.c,$(wildcard src/$(1)/*.c src/$(1)/*/*.c))
LIB_SRC := $(foreach r,$(ROOMS),$(call room_src,$(r)))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
LIB := $(BUILD)/libcomity.a
UNIT := $(patsubst test/unit/%.c,$(BUILD)/test/%,$(wildcard test/unit/t_$(or $(T),*).c))
FUZZ := $(patsubst fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard fuzz/f_*.c))

.PHONY: all unit clean help
.SECONDARY:
all: $(BUILD)/comity

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/comity: $(BUILD)/src/cli/main.o $(LIB)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D); $(if $(VERBOSE),:,echo '  $(notdir $@)')
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/test/%: $(BUILD)/test/unit/%.o $(BUILD)/test/test.o $(LIB)
	@mkdir -p $(@D); $(if $(VERBOSE),:,echo '  $(notdir $@)')
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/fuzz/%: $(BUILD)/fuzz/%.o $(LIB)
	@mkdir -p $(@D); $(if $(VERBOSE),:,echo '  $(notdir $@)')
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(if $(filter fuzz,$(V)),-fsanitize=fuzzer) -o $@ $^ $(LDLIBS)

unit: $(UNIT)  ## the unit tests (T=json: one file's)
	tools/tally $(UNIT)

fuzz-build: $(FUZZ)  ## the fuzz harnesses (V=fuzz)

clean:  ## remove build/
	rm -rf build

help:
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  \1: \2/p' $(MAKEFILE_LIST)

-include $(LIB_OBJ:.o=.d) $(wildcard $(BUILD)/test/*.d $(BUILD)/test/*/*.d $(BUILD)/fuzz/*.d)
