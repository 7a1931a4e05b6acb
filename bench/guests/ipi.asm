; What an interrupt from one CPU to another costs: CPU 0 sends one, CPU 1's handler sends one back. All times are the TSC's, which is the same on both, from just before the first
; message is sent:
;   ipi-…-left      to the last sign of life of CPU 1 before it, which reads the TSC in a loop: when it was out of its program
;   ipi-…-taken     to the first instruction of CPU 1's handler
;   ipi-…-round     to the first instruction of CPU 0's handler of the answer
; Once with both in a loop (ipi-spin), if CPU 1 runs while CPU 0 does, and once with both in HLT (ipi-halt); prints median and worst of each.

%define GUEST_NAME "ipi"
%include "common.inc"
%include "processors.inc"
%include "samples.inc"

%define VECTOR_PING     0x60
%define VECTOR_PONG     0x61
%define VECTOR_TIMER    0x50
%define SHORTEST        2000            ; ticks between two rounds; up to 4,095 more
%define RANDOM_SHIFT    2
%define LOOKS           10000           ; at whether CPU 1 runs at the same time: so often
%define SIGNS           100             ; and so many signs of life are enough

%define LEFT            0               ; the series
%define TAKEN           1
%define ROUND           2

main:   mov     al, 0xFF
        out     PIC1_DATA, al
        out     PIC2_DATA, al
        mov     eax, ping
        mov     edi, VECTOR_PING
        call    set_gate
        mov     eax, pong
        mov     edi, VECTOR_PONG
        call    set_gate
        mov     eax, rested
        mov     edi, VECTOR_TIMER
        call    set_gate
        xor     ebx, ebx
        mov     eax, partner
        call    start_processors
        mov     al, VECTOR_TIMER
        call    timer_start

        call    runs_beside
        jb      .halt
        call    measure
        REPORT  "ipi-spin-left", LEFT
        REPORT  "ipi-spin-taken", TAKEN
        REPORT  "ipi-spin-round", ROUND
.halt:  mov     byte [is_halting], 1
        call    measure
        REPORT  "ipi-halt-taken", TAKEN
        REPORT  "ipi-halt-round", ROUND
        jmp     finish

; Carry: CPU 1 shows no life while this one looks on.
runs_beside:
        xor     edx, edx
        mov     ecx, LOOKS
        mov     eax, [alive_at]
.look:  mov     ebx, [alive_at]
        cmp     ebx, eax
        je      .same
        mov     eax, ebx
        inc     edx
.same:  loop    .look
        cmp     edx, SIGNS
        ret

measure:
        mov     r15d, -WARM
.round: call    rest
        mov     byte [is_answered], 0
        rdtsc
        mov     r14d, eax
        mov     edx, [apic_ids + 4]
        mov     eax, VECTOR_PING
        call    send_ipi
        cmp     byte [is_halting], 0
        jne     .halt
        sti
.spin:  cmp     byte [is_answered], 0
        je      .spin
        cli
        jmp     .note
.halt:  sti
        hlt
        cli
        cmp     byte [is_answered], 0
        je      .halt
.note:  test    r15d, r15d
        js      .next
        mov     eax, [left_at]
        sub     eax, r14d
        mov     [SERIES(LEFT) + r15 * 4], eax
        mov     eax, [taken_at]
        sub     eax, r14d
        mov     [SERIES(TAKEN) + r15 * 4], eax
        mov     eax, [answered_at]
        sub     eax, r14d
        mov     [SERIES(ROUND) + r15 * 4], eax
.next:  inc     r15d
        cmp     r15d, ROUNDS
        jne     .round
        ret

; Halts for a while, so that CPU 1 has come to rest.
rest:   call    random
        shr     eax, RANDOM_SHIFT
        lea     ecx, [rax + SHORTEST]
        mov     byte [is_rested], 0
        call    timer_arm
.halt:  sti
        hlt
        cli
        cmp     byte [is_rested], 0
        je      .halt
        ret

; CPU 1. Its handler leaves nothing of eax, ecx and edx; a wrong sign of life is right again in the next turn.
partner:
        sti
.spin:  rdtsc
        mov     [alive_at], eax
        cmp     byte [is_halting], 0
        je      .spin
.halt:  hlt
        jmp     .halt

; On CPU 1.
ping:   rdtsc
        mov     [taken_at], eax
        mov     eax, [alive_at]
        mov     [left_at], eax
        call    end_interrupt
        mov     eax, VECTOR_PONG
        mov     edx, [apic_ids]
        call    send_ipi
        iretq

; On CPU 0, which waits for it and nothing else.
pong:   rdtsc
        mov     [answered_at], eax
        mov     byte [is_answered], 1
        call    end_interrupt
        iretq

rested: mov     byte [is_rested], 1
        call    end_interrupt
        iretq

        section .data
        align   4
alive_at:       dd 0
left_at:        dd 0
taken_at:       dd 0
answered_at:    dd 0
is_answered:    db 0
is_rested:      db 0
is_halting:     db 0
        section .text
