; A VM that always wants a CPU for each of its vCPUs: they count, for ever, and never wait for anything, neither for a device nor for one another.

%define GUEST_NAME "spin"
%include "common.inc"
%include "smp.inc"

%define UNIT            1000            ; instructions: what is long and straight an emulator does fast

main:   call    pic_start
        call    apic_start
        mov     qword [others_go_to], spin
        call    start_others
spin:   times UNIT lea rbx, [rbx + 1]
        jmp     spin
