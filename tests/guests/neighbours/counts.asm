; A VM that is always busy and says how it fares, for the test of VMs that go to another CPU. Each time that the 8254 has ticked a hundred times, ten milliseconds apart, it prints a line "count N": the
; APIC timer's ticks so far. What is typed interrupts it, and is printed; "r" resets it, "q" powers it off. With several vCPUs the others count on, and line by line it says how far they are. Its TSCs must not go back.

%define GUEST_NAME "counts"
%include "common.inc"
%include "smp.inc"

%define VECTOR_TICK     0x50
%define TICKS           1000000         ; the APIC timer's, each of four of the TSC
%define WORK            20000           ; turns of a loop between two exits
%define PIT_10MS        11932
%define TICKS_A_LINE    100
%define LINE_PIT        0
%define LINE_COM1       4
%define IER_RECEIVED    0x01
%define LSR_RECEIVED    0x01
%define MCR_OUT2        0x0B            ; its interrupt reaches the controller
%define EOI             0x20
%define RESET_CONTROL   0xCF9
%define HARD            0x02
%define RESET           0x04

main:   HANDLE  VECTOR_TICK, apic_tick
        HANDLE  PIC_BASE + LINE_PIT, pit_tick
        HANDLE  PIC_BASE + LINE_COM1, typed
        call    pic_start
        call    apic_start
        mov     qword [others_go_to], other
        call    start_others
        mov     dword [APIC_DIVIDE], DIVIDE_BY_1
        mov     dword [APIC_LVT_TIMER], APIC_PERIODIC | VECTOR_TICK
        mov     dword [APIC_INITIAL], TICKS
        mov     al, 0x34                ; channel 0, both bytes, mode 2
        out     PIT_CONTROL, al
        mov     al, PIT_10MS & 0xFF
        out     PIT_CHANNEL0, al
        mov     al, PIT_10MS >> 8
        out     PIT_CHANNEL0, al
        mov     dx, COM1_MCR
        mov     al, MCR_OUT2
        out     dx, al
        mov     dx, COM1_IER
        mov     al, IER_RECEIVED
        out     dx, al
        mov     al, ~(1 << LINE_PIT | 1 << LINE_COM1) & 0xFF
        out     PIC1_DATA, al
        sti
.round: call    work
        mov     rax, [pit_ticks]
        cmp     rax, [next_line]
        jb      .round
        add     qword [next_line], TICKS_A_LINE
        PRINT   {"count "}
        mov     rax, [apic_ticks]
        call    print_decimal
        cmp     dword [vcpus_up], 1
        je      .alone
        PRINT   {" other "}
        mov     rax, [other_rounds]
        call    print_decimal
.alone: PRINT   {10}
        jmp     .round

other:  call    work
        inc     qword [other_rounds]
        in      al, SYSTEM_CONTROL      ; a device
        jmp     other

work:   mov     ecx, WORK               ; changes rax, rbx, rcx, rdx
.turn:  dec     ecx
        jnz     .turn
        xor     eax, eax
        cpuid
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        cmp     rax, [last_tsc]
        jb      .back
        mov     [last_tsc], rax
        ret
.back:  cmp     dword [vcpus_up], 1     ; another one may just have written it
        jne     .none
        PRINT   {"FAIL its TSC went back", 10}
.none:  ret

apic_tick:
        inc     qword [apic_ticks]
        mov     dword [APIC_EOI], 0
        ret

pit_tick:
        inc     qword [pit_ticks]
        mov     al, EOI
        out     PIC1_COMMAND, al
        ret

typed:  mov     dx, COM1_LSR
        in      al, dx
        test    al, LSR_RECEIVED
        jz      .done
        mov     dx, COM1
        in      al, dx
        cmp     al, 'r'
        je      reset
        cmp     al, 'q'
        je      finish
        PRINT   {"typed "}
        call    print_char
        PRINT   {10}
        jmp     typed
.done:  mov     al, EOI
        out     PIC1_COMMAND, al
        ret

reset:  mov     dx, RESET_CONTROL
        mov     al, HARD
        out     dx, al
        mov     al, HARD | RESET
        out     dx, al
        jmp     stop

        section .data
        align   8
pit_ticks:      dq 0
apic_ticks:     dq 0
other_rounds:   dq 0
last_tsc:       dq 0
next_line:      dq TICKS_A_LINE
        section .text
