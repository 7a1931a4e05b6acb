; How late a halted CPU is woken by its local APIC's timer: from the time that was asked for to the first instruction of the handler, which reads the TSC.
; By TSC-deadline where there is that; else one-shot from a reading of the TSC just before, where that timer counts as fast as the TSC, as it does in QEMU.
; Prints `bench wake-median TICKS` and `bench wake-worst TICKS`.

%define GUEST_NAME "wake"
%include "common.inc"
%include "processors.inc"
%include "samples.inc"

%define VECTOR_TIMER    0x50
%define SHORTEST        20000           ; ticks; up to 16,383 more

main:   mov     al, 0xFF
        out     PIC1_DATA, al
        out     PIC2_DATA, al
        xor     ebx, ebx
        call    local_apic_start
        mov     eax, woken
        mov     edi, VECTOR_TIMER
        call    set_gate
        mov     al, VECTOR_TIMER
        call    timer_start
        mov     r15d, -WARM
.round: call    random
        lea     ecx, [rax + SHORTEST]
        mov     byte [is_awake], 0
        call    timer_arm
        mov     r14d, eax
.halt:  sti
        hlt
        cli
        cmp     byte [is_awake], 0
        je      .halt
        test    r15d, r15d
        js      .next
        mov     eax, [woken_at]
        sub     eax, r14d
        mov     [SERIES(0) + r15 * 4], eax
.next:  inc     r15d
        cmp     r15d, ROUNDS
        jne     .round
        REPORT  "wake", 0
        jmp     finish

woken:  rdtsc
        mov     [woken_at], eax
        mov     byte [is_awake], 1
        call    end_interrupt
        iretq

        section .data
        align   4
woken_at:       dd 0
is_awake:       db 0
        section .text
