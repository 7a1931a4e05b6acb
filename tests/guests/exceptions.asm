; Exceptions, traps and shadows (AMD APM vol. 2, chapters 8 and 13), mostly around instructions that a hypervisor has to emulate.

%define GUEST_NAME "exceptions"
%include "common.inc"

%define WINDOW          0x40000000      ; addresses past RAM, mapped in 4 KiB pages by WINDOW_TABLE
%define WINDOW_TABLE    SCRATCH
%define PLAIN_PAGE      (SCRATCH + 0x1000)
%define FAULT_STACK     (SCRATCH + 0x3000)
%define VECTOR_IPI      0x40
%define VECTOR_DF       8
%define DR6_SINGLE_STEP 0x4000
%define DR7_EXECUTE_0   0x00000001      ; breakpoint 0: local, on execution
%define DR7_WRITE_0     0x000D0001      ; breakpoint 0: local, on writes of 4 bytes
%define PF_PRESENT      1
%define PF_WRITE        2
%define PF_FETCH        16

; STEPPED "name", instruction: with TF set, the trap comes right after it and says single step.
%macro STEPPED 2+
        mov     qword [step_rip], 0
        mov     qword [step_dr6], 0
        pushfq
        or      qword [rsp], FLAG_TF
        popfq
        %2
%%after:
        nop
        EXPECT_EQUAL {"trap after ", %1}, [step_rip], %%after
        EXPECT_EQUAL {"DR6 after ", %1}, [step_dr6], DR6_SINGLE_STEP
%endmacro

; SHADOWED "name", instruction: an interrupt that waits is taken after the instruction behind STI, not before it.
%macro SHADOWED 2+
        mov     qword [ipi_rip], 0
        mov     dword [APIC_ICR], ICR_SELF | VECTOR_IPI
        sti
        %2
%%after:
        nop
        cli
        EXPECT_EQUAL {"interrupt after STI and ", %1}, [ipi_rip], %%after
%endmacro

main:   mov     al, 0xFF
        out     PIC1_DATA, al
        out     PIC2_DATA, al
        mov     dword [APIC_SVR], APIC_ENABLED | 0xFF

        ; SVM's own instructions, for a guest that has no SVM (or has not switched it on).
        mov     eax, SCRATCH
        EXPECT_FAULT "VMRUN", VECTOR_UD, vmrun
        EXPECT_FAULT "VMLOAD", VECTOR_UD, vmload
        EXPECT_FAULT "VMSAVE", VECTOR_UD, vmsave
        EXPECT_FAULT "STGI", VECTOR_UD, stgi
        EXPECT_FAULT "CLGI", VECTOR_UD, clgi
        EXPECT_FAULT "SKINIT", VECTOR_UD, skinit
        xor     ecx, ecx
        EXPECT_FAULT "INVLPGA", VECTOR_UD, invlpga
        ; VT-x's, for a guest without it (Intel SDM vol. 3, chapter 31: #UD where CR4.VMXE is clear).
        EXPECT_FAULT "VMXON", VECTOR_UD, vmxon [SCRATCH]
        EXPECT_FAULT "VMPTRLD", VECTOR_UD, vmptrld [SCRATCH]
        EXPECT_FAULT "VMCLEAR", VECTOR_UD, vmclear [SCRATCH]
        EXPECT_FAULT "VMLAUNCH", VECTOR_UD, vmlaunch
        EXPECT_FAULT "VMRESUME", VECTOR_UD, vmresume
        EXPECT_FAULT "VMREAD", VECTOR_UD, vmread rax, rcx
        EXPECT_FAULT "VMWRITE", VECTOR_UD, vmwrite rcx, rax
        EXPECT_FAULT "VMXOFF", VECTOR_UD, vmxoff
        EXPECT_FAULT "INVEPT", VECTOR_UD, invept rcx, [SCRATCH]
        EXPECT_FAULT "INVVPID", VECTOR_UD, invvpid rcx, [SCRATCH]
        UNLESS_EMULATOR
        mov     eax, 0x0BAD
        EXPECT_FAULT "a hypercall", NO_VECTOR, HYPERCALL
        cdqe
        test    rax, rax
        EXPECT  "an unknown hypercall returns an error", s
        END_UNLESS

        ; Faults of the plain kinds.
        EXPECT_FAULT "UD2", VECTOR_UD, ud2
        xor     edx, edx
        mov     eax, 1
        xor     ecx, ecx
        EXPECT_FAULT "division by zero", VECTOR_DE, div ecx
        mov     rbx, 0x8000000000000000
        EXPECT_FAULT "not canonical", VECTOR_GP, mov eax, [rbx]
        EXPECT_EQUAL "its error code", [caught_error], 0
        mov     eax, 0x1238
        EXPECT_FAULT "a selector past the table", VECTOR_GP, mov ds, ax
        EXPECT_EQUAL "the selector's error code", [caught_error], 0x1238

        CATCH   int3
        EXPECT_EQUAL "INT3", [caught], VECTOR_BP
        mov     rax, [caught_rip]
        sub     rax, [attempted]
        EXPECT_EQUAL "INT3 is a trap", rax, 1

        ; INT1 stops QEMU for a debugger, so it is only tried on Intel's processors.
        xor     eax, eax
        cpuid
        cmp     ecx, 'ntel'
        jne     .no_int1
        CATCH   int1
        EXPECT_EQUAL "INT1", [caught], VECTOR_DB
        mov     rax, [caught_rip]
        sub     rax, [attempted]
        EXPECT_EQUAL "INT1 is a trap", rax, 1
.no_int1:

        call    page_faults
        call    single_steps
        call    shadows
        call    breakpoints
        call    faults_in_iret
        call    double_fault
        jmp     finish

page_faults:
        mov     eax, WINDOW_TABLE
        or      eax, 3
        mov     [PAGE_DIRECTORY + 0x1000], rax
        mov     dword [WINDOW_TABLE], PLAIN_PAGE + 1                    ; page 0: read-only
        mov     dword [WINDOW_TABLE + 8], PLAIN_PAGE + 3                ; page 1: no execution
        mov     dword [WINDOW_TABLE + 12], 0x80000000
        mov     rax, cr3                                                ; page 2 on: not present
        mov     cr3, rax
        mov     ebx, WINDOW + 0x2345
        EXPECT_FAULT "page not present, read", VECTOR_PF, mov eax, [rbx]
        EXPECT_EQUAL "its CR2", [caught_cr2], rbx
        EXPECT_EQUAL "its error code", [caught_error], 0
        EXPECT_FAULT "page not present, write", VECTOR_PF, mov [rbx], eax
        EXPECT_EQUAL "its error code", [caught_error], PF_WRITE
        mov     ebx, WINDOW + 0x123
        EXPECT_FAULT "read-only page, read", NO_VECTOR, mov eax, [rbx]
        EXPECT_FAULT "read-only page, write", VECTOR_PF, mov [rbx], eax
        EXPECT_EQUAL "its error code", [caught_error], PF_PRESENT | PF_WRITE
        mov     rax, cr0
        and     eax, ~CR0_WP
        mov     cr0, rax
        EXPECT_FAULT "read-only page without CR0.WP", NO_VECTOR, mov [rbx], eax
        or      eax, CR0_WP
        mov     cr0, rax
        mov     ebx, WINDOW + 0x1000
        CATCH   call rbx
        lea     rsp, [rsp + 8]          ; what CALL pushed
        EXPECT_EQUAL "no-execute page", [caught], VECTOR_PF
        EXPECT_EQUAL "its CR2", [caught_cr2], rbx
        EXPECT_EQUAL "its error code", [caught_error], PF_PRESENT | PF_FETCH
        mov     ebx, WINDOW + 0x1FFE    ; two bytes on page 1, two on page 2, which is not there
        EXPECT_FAULT "an access across pages", VECTOR_PF, mov eax, [rbx]
        EXPECT_EQUAL "its CR2 is on the second page", [caught_cr2], WINDOW + 0x2000
        ; Instructions that a hypervisor emulates fault in the guest's own tables too.
        mov     edi, WINDOW + 0x2345
        mov     dx, COM1_LSR
        EXPECT_FAULT "INS to a page not present", VECTOR_PF, insb
        EXPECT_EQUAL "its CR2", [caught_cr2], WINDOW + 0x2345
        EXPECT_EQUAL "its error code", [caught_error], PF_WRITE
        mov     esi, WINDOW + 0x2345
        mov     dx, 0x80
        EXPECT_FAULT "OUTS from a page not present", VECTOR_PF, outsb
        EXPECT_EQUAL "its error code", [caught_error], 0
        test    qword [WINDOW_TABLE], 0x60
        EXPECT  "accessed and dirty bits are set", nz
        ret

single_steps:
        HANDLE  VECTOR_DB, on_debug
        STEPPED "NOP", nop
        xor     eax, eax
        STEPPED "CPUID", cpuid
        mov     dx, COM1_LSR
        STEPPED "IN", in al, dx
        mov     dx, 0x80
        STEPPED "OUT", out dx, al
        STEPPED "an APIC read", mov eax, [APIC_ID]
        STEPPED "an APIC write", mov dword [APIC_TPR], 0
        STEPPED "an I/O APIC write", mov dword [IOAPIC_SELECT], 0
        mov     ecx, MSR_EFER
        STEPPED "RDMSR", rdmsr
        STEPPED "WRMSR", wrmsr
        mov     rax, cr0
        STEPPED "MOV to CR0", mov cr0, rax
        mov     rax, cr4
        STEPPED "MOV to CR4", mov cr4, rax
        mov     rax, cr8
        STEPPED "MOV to CR8", mov cr8, rax
        mov     rax, cr3
        STEPPED "MOV to CR3", mov cr3, rax
        STEPPED "RDTSC", rdtsc
        STEPPED "WBINVD", wbinvd
        STEPPED "INVLPG", invlpg [SCRATCH]
        mov     eax, DATA
        HANDLE  VECTOR_DB, 0
        ret

on_debug:
        cmp     qword [step_rip], 0     ; the first trap counts
        jne     .end
        mov     rax, [rdi + frame.rip]
        mov     [step_rip], rax
        mov     rax, dr6
        and     eax, 0xE00F
        mov     [step_dr6], rax
.end:   xor     eax, eax
        mov     dr6, rax
        and     qword [rdi + frame.flags], ~FLAG_TF
        ret

shadows:
        HANDLE  VECTOR_IPI, on_ipi
        SHADOWED "NOP", nop
        xor     eax, eax
        SHADOWED "CPUID", cpuid
        mov     dx, COM1_LSR
        SHADOWED "IN", in al, dx
        mov     dx, 0x80
        SHADOWED "OUT", out dx, al
        SHADOWED "an APIC read", mov eax, [APIC_ID]
        SHADOWED "an APIC write", mov dword [APIC_TPR], 0
        mov     ecx, MSR_EFER
        SHADOWED "RDMSR", rdmsr
        SHADOWED "HLT", hlt
        ret

on_ipi: mov     rax, [rdi + frame.rip]
        mov     [ipi_rip], rax
        mov     dword [APIC_EOI], 0
        ret

breakpoints:
        ; On execution: a fault before the instruction, which RF then lets through once, and not again.
        HANDLE  VECTOR_DB, on_breakpoint
        mov     qword [breakpoint_count], 0
        mov     rax, .at
        mov     dr0, rax
        mov     eax, DR7_EXECUTE_0
        mov     dr7, rax
        mov     ebp, 3
.again: xor     eax, eax
.at:    cpuid
        dec     ebp
        jnz     .again
        xor     eax, eax
        mov     dr7, rax
        EXPECT_EQUAL "breakpoint on CPUID, three times", [breakpoint_count], 3
        EXPECT_EQUAL "it is a fault", [breakpoint_rip], .at
        EXPECT_EQUAL "DR6 says breakpoint 0", [step_dr6], 1

        ; On a write: a trap behind it.
        mov     qword [breakpoint_count], 0
        mov     eax, SCRATCH + 0x2000
        mov     dr0, rax
        mov     eax, DR7_WRITE_0
        mov     dr7, rax
        mov     dword [SCRATCH + 0x2000], 1
.wrote: xor     eax, eax
        mov     dr7, rax
        EXPECT_EQUAL "breakpoint on a write", [breakpoint_count], 1
        EXPECT_EQUAL "it is a trap", [breakpoint_rip], .wrote
        HANDLE  VECTOR_DB, 0
        ret

on_breakpoint:
        inc     qword [breakpoint_count]
        mov     rax, [rdi + frame.rip]
        mov     [breakpoint_rip], rax
        mov     rax, dr6
        and     eax, 0xE00F
        mov     [step_dr6], rax
        xor     eax, eax
        mov     dr6, rax
        cmp     qword [rdi + frame.rip], breakpoints.at
        jne     .end
        or      qword [rdi + frame.flags], FLAG_RF      ; a processor has saved it set; TCG has not
.end:   ret

; A fault of IRET itself, from within an interrupt's handler.
faults_in_iret:
        mov     rbp, rsp
        push    DATA
        push    rbp
        pushfq
        push    0x1230                  ; no such code segment
        push    .target
        CATCH   iretq
        mov     rsp, rbp
        EXPECT_EQUAL "IRET to a bad selector", [caught], VECTOR_GP
        EXPECT_EQUAL "its error code is the selector", [caught_error], 0x1230
        EXPECT_EQUAL "it is IRET's own fault", [caught_rip], [attempted]
.target:
        ret

; INT3 with a stack that is not there: #PF while it is delivered, which makes a double fault, on a stack of its own.
double_fault:
        mov     dword [TASK_STATE + 36], FAULT_STACK    ; IST1
        mov     byte [IDT + VECTOR_DF * 16 + 4], 1
        HANDLE  VECTOR_DF, on_double_fault
        mov     rbp, rsp
        mov     qword [double_faults], 0
        mov     esp, WINDOW + 0x3000
        int3
.back:  mov     rsp, rbp
        EXPECT_EQUAL "a fault while one is delivered is a double fault", [double_faults], 1
        mov     rax, cr2
        and     eax, ~0xFFF
        EXPECT_EQUAL "CR2 is the stack's", rax, WINDOW + 0x2000
        ret

on_double_fault:
        inc     qword [double_faults]
        mov     qword [rdi + frame.rip], double_fault.back
        ret

        section .data
        align   8
step_rip:               dq 0
step_dr6:               dq 0
ipi_rip:                dq 0
breakpoint_count:       dq 0
breakpoint_rip:         dq 0
double_faults:          dq 0
        section .text
