; Touches every device of the virtual PC once: where a fault is planted in one of them (boot parameter plant=), this is the guest that meets it.

%define GUEST_NAME "devices"
%include "common.inc"

%define KEYBOARD        0x64
%define FAST_RESET      0x92
%define DELAY           0x80
%define RESET_CONTROL   0xCF9
%define PM_TIMER        0x608
%define PCI_ECAM        -0x01500000     ; 0xFEB00000

; TOUCH_PORT "name", port: a byte is read there.
%macro TOUCH_PORT 2
        mov     dx, %2
        in      al, dx
        PRINT   {"ok ", %1, 10}
%endmacro
%macro TOUCH_MEMORY 2
        mov     eax, [%2]
        PRINT   {"ok ", %1, 10}
%endmacro

main:   TOUCH_PORT "8259", PIC1_DATA
        TOUCH_PORT "8254", PIT_CHANNEL0
        TOUCH_PORT "CMOS", RTC_DATA
        TOUCH_PORT "i8042", KEYBOARD
        TOUCH_PORT "system control port", SYSTEM_CONTROL
        TOUCH_PORT "fast reset port", FAST_RESET
        TOUCH_PORT "delay ports", DELAY
        TOUCH_PORT "reset control", RESET_CONTROL
        TOUCH_PORT "PCI host", PCI_DATA
        TOUCH_PORT "ACPI PM", PM_TIMER
        TOUCH_MEMORY "I/O APIC", IOAPIC_SELECT
        TOUCH_MEMORY "PCI ECAM", PCI_ECAM
        jmp     finish
