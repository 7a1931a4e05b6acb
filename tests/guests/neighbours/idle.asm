; A VM that is there and does nothing: a tick a hundred times a second or so, and HLT between.

%define GUEST_NAME "idle"
%include "common.inc"

%define VECTOR_TIMER    0x50
%define TICKS           10000000        ; the APIC timer's

main:   HANDLE  VECTOR_TIMER, tick
        mov     al, 0xFF
        out     PIC1_DATA, al
        out     PIC2_DATA, al
        mov     dword [APIC_SVR], APIC_ENABLED | 0xFF
        mov     dword [APIC_DIVIDE], DIVIDE_BY_1
        mov     dword [APIC_LVT_TIMER], APIC_PERIODIC | VECTOR_TIMER
        mov     dword [APIC_INITIAL], TICKS
        sti
.wait:  hlt
        jmp     .wait

tick:   mov     dword [APIC_EOI], 0
        ret
