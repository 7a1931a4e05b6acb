; Looks whether time ever goes backwards between CPUs. A static ELF file without a linker: System V ABI, AMD64 supplement; Linux's system calls.
;
;   clocks CPUS SECONDS      (decimal)
;
; One process on each of the CPUs 0 … CPUS-1. Whoever has the lock reads the TSC and CLOCK_MONOTONIC, so readings have an order, and none may be before the one before it, whichever
; CPU took that. They read in bursts, as fast as the lock goes round, and rest between them. Prints what came of it; ends with 0 if each CPU has read and no reading was before another.

        bits    64
        default abs
        org     0x400000

%define SYS_WRITE       1
%define SYS_SCHED_YIELD 24
%define SYS_NANOSLEEP   35
%define SYS_FORK        57
%define SYS_EXIT        60
%define SYS_WAIT4       61
%define SYS_MMAP        9
%define SYS_SETAFFINITY 203
%define SYS_CLOCK_GETTIME 228
%define STDOUT          1
%define CLOCK_MONOTONIC 1
%define PROT_READ_WRITE 3
%define MAP_SHARED_ANONYMOUS 0x21
%define NANOSECONDS     1000000000
%define MOST_CPUS       64
%define BURST           500
%define PAGE            0x1000

struc clock
.last:          resq 1
.backwards:     resq 1                  ; how often
.worst:         resq 1                  ; by how much at most
endstruc
; What the processes share, at r15.
struc shared
.lock:          resq 1
.clocks:        resb 2 * clock_size     ; the TSC's, and CLOCK_MONOTONIC's
.readings:      resq MOST_CPUS
endstruc

file_header:
        db      0x7F, "ELF", 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
        dw      2, 62                   ; ET_EXEC, EM_X86_64
        dd      1
        dq      start, program_header - $$, 0
        dd      0
        dw      64, 56, 1, 0, 0, 0
program_header:
        dd      1, 7                    ; PT_LOAD, read, write, execute
        dq      0, $$, $$, file_end - $$, memory_end - $$, PAGE

; CALL_KERNEL number: rdi, rsi, rdx, r10, r8, r9 as the call has them; a negative answer ends the program with it
%macro CALL_KERNEL 1
        mov     eax, %1
        syscall
        test    rax, rax
        js      fail
%endmacro

; SAY "text": appends it to the line.
%macro SAY 1
        mov     esi, %%text
        mov     ecx, %%end - %%text
        rep     movsb
        [section .data]
%%text: db      %1
%%end:
        __SECT__
%endmacro

start:  cmp     qword [rsp], 3
        jb      usage
        mov     rsi, [rsp + 16]
        call    decimal
        mov     r14, rax                ; CPUs
        dec     rax
        cmp     rax, MOST_CPUS
        jae     usage
        mov     rsi, [rsp + 24]
        call    decimal
        mov     r13, rax
        call    monotonic
        imul    r13, r13, NANOSECONDS
        add     r13, rax                ; when to end
        xor     edi, edi
        mov     esi, PAGE
        mov     edx, PROT_READ_WRITE
        mov     r10d, MAP_SHARED_ANONYMOUS
        mov     r8, -1
        xor     r9d, r9d
        CALL_KERNEL SYS_MMAP
        mov     r15, rax

        xor     ebx, ebx
.fork:  CALL_KERNEL SYS_FORK
        jz      reader
        inc     ebx
        cmp     ebx, r14d
        jb      .fork
.wait:  mov     rdi, -1
        mov     esi, status
        xor     edx, edx
        xor     r10d, r10d
        CALL_KERNEL SYS_WAIT4
        cmp     dword [status], 0
        jne     usage
        dec     ebx
        jnz     .wait

        ; The least and the sum of readings.
        mov     r12, -1
        xor     ebx, ebx
        xor     ecx, ecx
.sum:   mov     rax, [r15 + shared.readings + rcx * 8]
        add     rbx, rax
        cmp     rax, r12
        cmovb   r12, rax
        inc     ecx
        cmp     ecx, r14d
        jb      .sum
        mov     edi, line
        SAY     "clocks: "
        mov     rax, rbx
        call    number
        SAY     " readings, on each CPU "
        mov     rax, r12
        call    number
        SAY     " or more; TSC backwards "
        lea     rbp, [r15 + shared.clocks]
        call    backwards
        SAY     ", CLOCK_MONOTONIC backwards "
        lea     rbp, [r15 + shared.clocks + clock_size]
        call    backwards
        mov     al, 10
        stosb
        mov     rdx, rdi
        sub     rdx, line
        mov     edi, STDOUT
        mov     esi, line
        CALL_KERNEL SYS_WRITE
        test    r12, r12
        jz      usage
        mov     rdi, [r15 + shared.clocks + clock.backwards]
        or      rdi, [r15 + shared.clocks + clock_size + clock.backwards]
        jz      exit
usage:  mov     edi, 1
exit:   mov     eax, SYS_EXIT
        syscall
fail:   neg     rax
        mov     rdi, rax
        jmp     exit

; The process of CPU ebx.
reader: bts     qword [mask], rbx
        xor     edi, edi
        mov     esi, MOST_CPUS / 8
        mov     edx, mask
        CALL_KERNEL SYS_SETAFFINITY
.round: mov     ebp, BURST
.try:   mov     eax, 1
        xchg    [r15 + shared.lock], rax
        test    rax, rax
        jz      .locked
        mov     eax, SYS_SCHED_YIELD
        syscall
        jmp     .try
.locked:
        lfence                          ; RDTSC is not ordered by itself (SDM vol. 2)
        rdtsc
        lfence
        shl     rdx, 32
        or      rax, rdx
        lea     rdi, [r15 + shared.clocks]
        call    compare
        call    monotonic
        lea     rdi, [r15 + shared.clocks + clock_size]
        call    compare
        inc     qword [r15 + shared.readings + rbx * 8]
        mov     qword [r15 + shared.lock], 0
        dec     ebp
        jnz     .try
        xor     edi, edi
        cmp     rax, r13
        jae     exit
        mov     edi, rest
        xor     esi, esi
        CALL_KERNEL SYS_NANOSLEEP
        jmp     .round

compare:                                ; rax: a reading, rdi: its clock; keeps rax
        mov     rcx, [rdi + clock.last]
        mov     [rdi + clock.last], rax
        sub     rcx, rax
        jbe     .end
        inc     qword [rdi + clock.backwards]
        cmp     rcx, [rdi + clock.worst]
        jb      .end
        mov     [rdi + clock.worst], rcx
.end:   ret

monotonic:                              ; rax: CLOCK_MONOTONIC in nanoseconds
        mov     edi, CLOCK_MONOTONIC
        mov     esi, time
        CALL_KERNEL SYS_CLOCK_GETTIME
        imul    rax, [time], NANOSECONDS
        add     rax, [time + 8]
        ret

decimal:                                ; rsi: zero-ended digits; rax
        xor     eax, eax
        xor     ecx, ecx
.digit: mov     cl, [rsi]
        sub     cl, '0'
        jb      .end
        imul    rax, rax, 10
        add     rax, rcx
        inc     rsi
        jmp     .digit
.end:   ret

backwards:                              ; rbp: a clock; appends how often it went backwards, and by how much
        mov     rax, [rbp + clock.backwards]
        call    number
        SAY     " times, by "
        mov     rax, [rbp + clock.worst]

number:                                 ; rax; appends it
        mov     ecx, 10
        xor     r8d, r8d
.divide:
        xor     edx, edx
        div     rcx
        push    rdx
        inc     r8d
        test    rax, rax
        jnz     .divide
.digit: pop     rax
        add     al, '0'
        stosb
        dec     r8d
        jnz     .digit
        ret

        section .data align=8
rest:   dq      0, 2000000              ; 2 ms
mask:   dq      0
status: dq      0
time:   dq      0, 0
line:   times 256 db 0
file_end:
memory_end:
