; Power-off by ACPI: PM1a_CNT with _S5's sleep type.

%define GUEST_NAME "shutdown-acpi"
%include "common.inc"

main:   call    find_fadt
        test    rax, rax
        EXPECT  "a FADT", nz
        jmp     finish                  ; every guest ends like this; here it is what is tested
