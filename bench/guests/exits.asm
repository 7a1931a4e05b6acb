; What an exit (CPUID) costs while other CPUs of the same machine are busy, for as many CPUs as the command line's digit says:
;   exit-alone      CPU 0 leaves all the time, the others are in a loop: the best of many batches
;   exit-together   all of them leave all the time: the best of many batches, of the CPU for which that is the most
;   exit-throughput all of them leave all the time: the ticks that go by, for each exit of any of them, with all turns in it

%define GUEST_NAME "exits"
%include "common.inc"
%include "processors.inc"

%define COUNT_SHIFT     8
%define COUNT           (1 << COUNT_SHIFT)
%define BATCHES_SHIFT   8
%define BATCHES         (1 << BATCHES_SHIFT)

main:   xor     ebx, ebx
        mov     eax, other
        call    start_processors
        call    measure_empty
        call    measure
        PRINT   {"bench exit-alone "}
        mov     rax, r13
        call    report

        rdtsc
        shl     rdx, 32
        lea     r15, [rax + rdx]
        mov     byte [is_together], 1
        xor     ebx, ebx
        call    measure_and_note
        mov     ebx, [processors]
.wait:  pause
        cmp     [finished], ebx
        jne     .wait
        rdtsc
        shl     rdx, 32
        add     rax, rdx
        sub     rax, r15
        mov     r15, rax

        xor     r13d, r13d
        mov     esi, bests
.most:  mov     rax, [rsi]
        add     esi, 8
        cmp     rax, r13
        cmova   r13, rax
        dec     ebx
        jnz     .most
        PRINT   {"bench exit-together "}
        mov     rax, r13
        call    report
        PRINT   {"bench exit-throughput "}
        mov     rax, r15
        xor     edx, edx
        mov     ecx, [processors]
        div     rcx
        shr     rax, BATCHES_SHIFT
        call    report
        jmp     finish

other:  cmp     byte [is_together], 0
        je      other
        call    measure_and_note
stay:   cli
        hlt
        jmp     stay

measure_and_note:                       ; ebx: this CPU's number
        push    rbx
        call    measure
        pop     rbx
        mov     [bests + rbx * 8], r13
        lock inc dword [finished]
        ret

; r13: the ticks of the best batch. Changes all but r15.
%macro BEST_BATCH 0-1+
        mov     r13, -1
        mov     r12d, BATCHES
%%batch:
        rdtsc
        shl     rdx, 32
        lea     r14, [rax + rdx]
        mov     ebp, COUNT
        align   16
%%each:
        xor     eax, eax
        %1
        dec     ebp
        jnz     %%each
        rdtsc
        shl     rdx, 32
        add     rax, rdx
        sub     rax, r14
        cmp     rax, r13
        cmovb   r13, rax
        dec     r12d
        jnz     %%batch
%endmacro

measure:
        BEST_BATCH cpuid
        ret

measure_empty:
        BEST_BATCH
        mov     [empty], r13
        ret

report:                                 ; rax: ticks of COUNT times
        sub     rax, [empty]
        jae     .sane
        xor     eax, eax
.sane:  add     rax, COUNT / 2
        shr     rax, COUNT_SHIFT
        call    print_decimal
        PRINT   {10}
        ret

        section .data
        align   8
empty:          dq 0
bests:          times MOST_PROCESSORS dq 0
finished:       dd 0
is_together:    db 0
        section .text
