; A VM that is always busy, on all of its vCPUs: they count, leave their CPU for the hypervisor now and then, interrupt one another, ask a device, and have a tick of their own.

%define GUEST_NAME "busy"
%include "common.inc"
%include "smp.inc"

%define VECTOR_TICK     0x50
%define VECTOR_POKE     0x60
%define TICKS           10000000        ; the APIC timer's
%define WORK            200000          ; turns of a loop between two exits

main:   HANDLE  VECTOR_TICK, ended
        HANDLE  VECTOR_POKE, ended
        call    pic_start
        call    apic_start
        mov     qword [others_go_to], work
        call    start_others
work:   mov     dword [APIC_DIVIDE], DIVIDE_BY_1
        mov     dword [APIC_LVT_TIMER], APIC_PERIODIC | VECTOR_TICK
        mov     dword [APIC_INITIAL], TICKS
        sti
.round: mov     ecx, WORK
.count: dec     ecx
        jnz     .count
        xor     eax, eax
        cpuid
        in      al, SYSTEM_CONTROL
        mov     dword [APIC_ICR], ICR_OTHERS | ICR_ASSERT | VECTOR_POKE
        jmp     .round

ended:  mov     dword [APIC_EOI], 0
        ret
