; A VM that works and says how much it has done: for the test of shares. For 10 s of its TSC it counts units of work, from its second 1 to 11; it works before and after in the same
; way, to its second 12. VMs of one machine that start within half a second of each other so all work while any of them counts. A second is a billion ticks, as under --icount.
;
; What a unit is, is the command line's first letter:
;   s  spin: a thousand instructions
;   e  exits: 4 KiB written to a port where nothing is, which is the hypervisor's work for the VM from end to end
;   w  wakes: spins, but only for a hundred units (about 100 us) in each millisecond, and sleeps in between

%define GUEST_NAME "work"
%include "common.inc"

%define SECOND          1000000000
%define BEGIN           (1 * SECOND)
%define END             (11 * SECOND)
%define LEAVE           (12 * SECOND)

%define UNIT            1000            ; instructions
%define UNITS_A_WAKE    100
%define MILLISECOND     250000          ; the APIC timer's ticks, each of four of the TSC
%define VECTOR_TIMER    0x50
%define NO_PORT         0xED
%define PORT_BYTES      4096
%define INFO_COMMAND    16              ; in the multiboot information

main:   mov     esi, [multiboot_info]
        mov     esi, [rsi + INFO_COMMAND]
        mov     ebp, spin
        cmp     byte [rsi], 'e'
        jne     .no_exits
        mov     ebp, exits
.no_exits:
        cmp     byte [rsi], 'w'
        jne     .no_wakes
        mov     ebp, wakes
        call    timer_start
.no_wakes:
        mov     rdi, BEGIN
        call    work_until
        mov     rdi, END
        call    work_until
        mov     r15, r14
        mov     rdi, LEAVE
        call    work_until
        PRINT   {"work "}
        mov     rax, r15
        call    print_decimal
        PRINT   {10}
        jmp     finish

work_until:                             ; rdi: the TSC to stop at, rbp: what to do → r14: how often; changes rax, rbx, rcx, rdx, rsi
        xor     r14d, r14d
.next:  call    rbp
        inc     r14
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        cmp     rax, rdi
        jb      .next
        ret

spin:   times UNIT lea rbx, [rbx + 1]
        ret

exits:  mov     esi, SCRATCH
        mov     ecx, PORT_BYTES
        mov     dx, NO_PORT
        rep outsb
        ret

wakes:  call    spin
        dec     dword [units_left]
        jnz     .awake
        mov     dword [units_left], UNITS_A_WAKE
        sti
        hlt                             ; a tick that came meanwhile ends it at once, but of several only one is left
        cli
.awake: ret

timer_start:                            ; a tick each millisecond; changes eax
        HANDLE  VECTOR_TIMER, tick
        mov     al, 0xFF
        out     PIC1_DATA, al
        out     PIC2_DATA, al
        mov     dword [APIC_SVR], APIC_ENABLED | 0xFF
        mov     dword [APIC_DIVIDE], DIVIDE_BY_1
        mov     dword [APIC_LVT_TIMER], APIC_PERIODIC | VECTOR_TIMER
        mov     dword [APIC_INITIAL], MILLISECOND
        ret

tick:   mov     dword [APIC_EOI], 0
        ret

        section .data
units_left:     dd UNITS_A_WAKE
        section .text
