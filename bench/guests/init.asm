; /init of the kernel benchmark: its first instruction reads the TSC. Prints `init-tsc TICKS`, then what some things cost in a Linux guest
; (`bench NAME TICKS`), and powers off. A static ELF file without a linker: System V ABI, AMD64 supplement; Linux's system calls.

        bits    64
        default abs
        org     0x400000

%define SYS_WRITE       1
%define SYS_MMAP        9
%define SYS_IOCTL       16
%define SYS_NANOSLEEP   35
%define SYS_REBOOT      169
%define STDOUT          1
%define TCSBRK          0x5409          ; with argument 1: wait until all is sent
%define CLOCK_MONOTONIC 1
%define PROT_READ_WRITE 3
%define MAP_PRIVATE_ANONYMOUS 0x22
%define REBOOT_MAGIC1   0xFEE1DEAD
%define REBOOT_MAGIC2   672274793
%define POWER_OFF       0x4321FEDC
%define AT_SYSINFO_EHDR 33
%define DT_HASH         4
%define DT_STRTAB       5
%define DT_SYMTAB       6
%define SYMBOL_SIZE     24
%define PT_DYNAMIC      2
%define PROGRAM_HEADER_SIZE 56

%define COUNT           256
%define SLEEPS          16
%define PAGE            0x1000

file_header:
        db      0x7F, "ELF", 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
        dw      2, 62                   ; ET_EXEC, EM_X86_64
        dd      1
        dq      start, program_header - $$, 0
        dd      0
        dw      64, PROGRAM_HEADER_SIZE, 1, 0, 0, 0
program_header:
        dd      1, 7                    ; PT_LOAD, read, write, execute
        dq      0, $$, $$, file_end - $$, memory_end - $$, PAGE

start:  rdtsc
        shl     rdx, 32
        or      rdx, rax
        mov     rbp, rsp                ; argc, argv …, 0, environment …, 0, auxiliary vector
        mov     r12, rdx
        mov     rsi, text_init
        call    report

        call    find_clock_gettime
        test    rax, rax
        jz      .no_vdso
        mov     r15, rax
        call    ticks
        mov     rbx, rax
        mov     r13d, COUNT
.clock: mov     edi, CLOCK_MONOTONIC
        mov     rsi, time
        call    r15
        dec     r13d
        jnz     .clock
        mov     esi, text_clock
        call    report_each
.no_vdso:

        mov     eax, SYS_MMAP
        xor     edi, edi
        mov     esi, COUNT * PAGE
        mov     edx, PROT_READ_WRITE
        mov     r10d, MAP_PRIVATE_ANONYMOUS
        mov     r8, -1
        xor     r9d, r9d
        syscall
        mov     r15, rax
        call    ticks
        mov     rbx, rax
        mov     r13d, COUNT
.touch: mov     [r15], r13d
        add     r15, PAGE
        dec     r13d
        jnz     .touch
        mov     esi, text_fault
        call    report_each

        call    ticks
        mov     rbx, rax
        mov     r13d, SLEEPS
.sleep: mov     eax, SYS_NANOSLEEP
        mov     edi, millisecond
        xor     esi, esi
        syscall
        dec     r13d
        jnz     .sleep
        call    ticks
        sub     rax, rbx
        shl     rax, 4                  ; COUNT / SLEEPS
        mov     esi, text_sleep
        call    report_mean

        call    drain
        call    ticks
        mov     rbx, rax
        mov     r13d, COUNT
.byte:  mov     esi, dot
        mov     edx, 1
        call    write
        dec     r13d
        jnz     .byte
        call    drain
        call    ticks
        sub     rax, rbx
        push    rax
        mov     esi, newline
        mov     edx, 1
        call    write
        pop     rax
        mov     esi, text_console
        call    report_mean
        call    drain

        mov     eax, SYS_REBOOT
        mov     edi, REBOOT_MAGIC1
        mov     esi, REBOOT_MAGIC2
        mov     edx, POWER_OFF
        syscall
        hlt                             ; it does not come back; if it does, this is a fault

ticks:  rdtsc
        shl     rdx, 32
        or      rax, rdx
        ret

drain:  mov     eax, SYS_IOCTL
        mov     edi, STDOUT
        mov     esi, TCSBRK
        mov     edx, 1
        syscall
        ret

write:                                  ; rsi: text, edx: length
        mov     eax, SYS_WRITE
        mov     edi, STDOUT
        syscall
        ret

report_each:                            ; rbx: ticks when COUNT of it began, rsi: name
        call    ticks
        sub     rax, rbx
report_mean:                            ; rax: ticks of COUNT of it, rsi: name
        lea     r12, [rax + COUNT / 2]
        shr     r12, 8
report:                                 ; r12: number, rsi: zero-ended name; a line in one write
        mov     edi, line
.copy:  lodsb
        stosb
        test    al, al
        jnz     .copy
        dec     edi
        mov     rax, r12
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
        mov     al, 10
        stosb
        mov     esi, line
        mov     edx, edi
        sub     edx, esi
        jmp     write

; The vDSO's __vdso_clock_gettime, or 0. rbp: the stack at the start. The vDSO is position independent, its addresses count from its start.
find_clock_gettime:
        mov     rsi, rbp
        mov     rax, [rsi]
        lea     rsi, [rsi + rax * 8 + 16]
.environment:
        lodsq
        test    rax, rax
        jnz     .environment
.auxiliary:
        lodsq
        mov     rdx, rax
        lodsq
        cmp     rdx, AT_SYSINFO_EHDR
        je      .vdso
        test    rdx, rdx
        jnz     .auxiliary
.none:  xor     eax, eax
        ret
.vdso:  mov     rbx, rax                ; its start
        mov     rsi, [rbx + 32]         ; e_phoff
        add     rsi, rbx
.segment:
        cmp     dword [rsi], PT_DYNAMIC
        je      .dynamic
        add     rsi, PROGRAM_HEADER_SIZE
        jmp     .segment
.dynamic:
        mov     rsi, [rsi + 16]         ; p_vaddr
        add     rsi, rbx
        xor     r8d, r8d
.entry: mov     rax, [rsi]
        mov     rdx, [rsi + 8]
        add     rdx, rbx
        add     rsi, 16
        cmp     eax, DT_HASH
        cmove   r8, rdx
        cmp     eax, DT_STRTAB
        cmove   r9, rdx
        cmp     eax, DT_SYMTAB
        cmove   r10, rdx
        test    rax, rax
        jnz     .entry
        test    r8, r8
        jz      .none
        mov     ecx, [r8 + 4]           ; the hash table's chain has an entry a symbol
.symbol:
        mov     esi, [r10]
        add     rsi, r9
        mov     edi, clock_name
.compare:
        mov     al, [rsi]
        cmp     al, [rdi]
        jne     .next
        inc     rsi
        inc     edi
        test    al, al
        jnz     .compare
        mov     rax, [r10 + 8]
        add     rax, rbx
        ret
.next:  add     r10, SYMBOL_SIZE
        dec     ecx
        jnz     .symbol
        jmp     .none

clock_name:     db "__vdso_clock_gettime", 0
text_init:      db "init-tsc ", 0
text_clock:     db "bench clock-gettime ", 0
text_fault:     db "bench page-fault ", 0
text_sleep:     db "bench sleep-1ms ", 0
text_console:   db "bench console-byte ", 0
dot:            db "."
newline:        db 10
        align   8
millisecond:    dq 0, 1000000
file_end:

        absolute file_end
time:   resq    2
line:   resb    64
memory_end:
