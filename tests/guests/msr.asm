; MSRs as a guest sees them (AMD APM vol. 2, appendix A).

%define GUEST_NAME "msr"
%include "common.inc"

%define MSR_TSC         0x10
%define MSR_PATCH_LEVEL 0x8B
%define MSR_MTRR_CAP    0xFE
%define MSR_SYSENTER_CS 0x174
%define MSR_SYSENTER_ESP 0x175
%define MSR_SYSENTER_EIP 0x176
%define MSR_MCG_CAP     0x179
%define MSR_MTRR_BASE0  0x200
%define MSR_MTRR_MASK0  0x201
%define MSR_MTRR_FIX64K 0x250
%define MSR_MTRR_DEFAULT 0x2FF
%define MSR_STAR        0xC0000081
%define MSR_LSTAR       0xC0000082
%define MSR_CSTAR       0xC0000083
%define MSR_SFMASK      0xC0000084
%define MSR_FS_BASE     0xC0000100
%define MSR_GS_BASE     0xC0000101
%define MSR_KERNEL_GS_BASE 0xC0000102
%define MSR_TSC_AUX     0xC0000103
%define MSR_VM_HSAVE_PA 0xC0010117
%define MSR_KVM_WALL    0x4B564D00
%define MSR_KVM_CLOCK   0x4B564D01
%define UNKNOWN_MSR     0x0BADC0DE
%define PAT_RESET       0x0007040600070406
%define PAT_OTHER       0x0007040601050406

; ROUND_TRIP "name", MSR, value: it reads back what was written, and is then as before.
%macro ROUND_TRIP 3
        mov     ecx, %2
        call    read_msr
        mov     r8, rax
        mov     rax, %3
        mov     r9, rax
        CATCH   call write_msr
        EXPECT_EQUAL {%1, " is written"}, [caught], NO_VECTOR
        call    read_msr
        EXPECT_EQUAL {%1, " reads back"}, rax, r9
        mov     rax, r8
        call    write_msr
%endmacro

; REFUSED "name", MSR, value: writing that is a #GP, and changes nothing.
%macro REFUSED 3
        mov     ecx, %2
        call    read_msr
        mov     r8, rax
        mov     rax, %3
        call    split
        EXPECT_FAULT {%1, " is refused"}, VECTOR_GP, wrmsr
        call    read_msr
        EXPECT_EQUAL {%1, " is as before"}, rax, r8
%endmacro

; NOT_CANONICAL "name", MSR: writing such an address is a #GP that changes nothing. Where the MSR is passed through on a processor that does
; not look (TCG), it is taken as it is, or with the sign that VMLOAD extends; that must harm nobody.
%macro NOT_CANONICAL 2
        mov     ecx, %2
        call    read_msr
        mov     r8, rax
        mov     r9, 0x8000000000000000
        mov     rax, r9
        call    split
        CATCH   wrmsr
        cmp     qword [caught], VECTOR_GP
        cmove   r9, r8
        xor     eax, eax
        cpuid                           ; an exit with it in place
        mov     ecx, %2
        call    read_msr
        cmp     qword [caught], VECTOR_GP
        je      %%taken
        test    rax, rax                ; bit 47, which would be extended, is 0
        cmovz   r9, rax
%%taken:
        EXPECT_EQUAL {%1, ", not canonical"}, rax, r9
        mov     rax, r8
        call    write_msr
%endmacro

main:   mov     ecx, MSR_APIC_BASE
        call    read_msr
        EXPECT_EQUAL "APIC_BASE: enabled, bootstrap processor, at FEE00000h", rax, [apic_base]

        ROUND_TRIP "STAR", MSR_STAR, 0x0023001000000000
        ROUND_TRIP "LSTAR", MSR_LSTAR, 0xFFFFFFFF81234567
        ROUND_TRIP "CSTAR", MSR_CSTAR, 0xFFFFFFFF81234568
        ROUND_TRIP "SFMASK", MSR_SFMASK, 0x47700
        ROUND_TRIP "FS_BASE", MSR_FS_BASE, 0x00007F0012345678
        ROUND_TRIP "GS_BASE", MSR_GS_BASE, 0xFFFF888000001000
        ROUND_TRIP "KERNEL_GS_BASE", MSR_KERNEL_GS_BASE, 0xFFFF888000002000
        ROUND_TRIP "SYSENTER_CS", MSR_SYSENTER_CS, 0x10
        ROUND_TRIP "SYSENTER_ESP", MSR_SYSENTER_ESP, 0x12345678
        ROUND_TRIP "SYSENTER_EIP", MSR_SYSENTER_EIP, 0x23456789
        ROUND_TRIP "PAT", MSR_PAT, PAT_OTHER
        ROUND_TRIP "MTRR base 0", MSR_MTRR_BASE0, 0x00000000C0000000
        ROUND_TRIP "MTRR mask 0", MSR_MTRR_MASK0, 0x000000FFC0000800
        ROUND_TRIP "MTRR fixed 64K", MSR_MTRR_FIX64K, 0x0606060606060606
        ROUND_TRIP "MTRR default type", MSR_MTRR_DEFAULT, 0xC06

        ; The bases are those that the segments really have.
        mov     ecx, MSR_FS_BASE
        mov     rax, [marks_address]
        call    write_msr
        EXPECT_EQUAL "FS has its base", [fs:0], 0x1111
        mov     ecx, MSR_GS_BASE
        call    write_msr
        mov     ecx, MSR_KERNEL_GS_BASE
        add     rax, 8
        call    write_msr
        EXPECT_EQUAL "GS has its base", [gs:0], 0x1111
        swapgs
        EXPECT_EQUAL "SWAPGS takes the kernel's base", [gs:0], 0x2222
        call    read_msr
        EXPECT_EQUAL "SWAPGS leaves the other base", rax, [marks_address]

        ; EFER
        mov     ecx, MSR_EFER
        call    read_msr
        and     eax, EFER_LME | EFER_LMA | EFER_NXE | EFER_SCE | EFER_SVME
        EXPECT_EQUAL "EFER is as it was set", rax, EFER_LME | EFER_LMA | EFER_NXE | EFER_SCE
        xor     eax, EFER_NXE
        call    write_msr
        call    read_msr
        test    eax, EFER_NXE
        EXPECT  "EFER.NXE can be cleared", z
        or      eax, EFER_NXE
        call    write_msr

        ; TSC
        call    tsc
        mov     ebx, 1000
        mov     r8, rax
.tsc:   call    tsc
        cmp     rax, r8
        jb      .tsc_end
        mov     r8, rax
        dec     ebx
        jnz     .tsc
.tsc_end:
        EXPECT_EQUAL "TSC never goes back", rbx, 0
        mov     eax, 0x80000001
        cpuid
        bt      edx, 27
        jnc     .no_rdtscp
        ROUND_TRIP "TSC_AUX", MSR_TSC_AUX, 0x55AA
        mov     ecx, MSR_TSC_AUX
        mov     eax, 0x1234
        call    write_msr
        rdtscp
        EXPECT_EQUAL "RDTSCP has TSC_AUX", rcx, 0x1234
.no_rdtscp:

        mov     ecx, MSR_MTRR_CAP
        EXPECT_FAULT "MTRR capabilities can be read", NO_VECTOR, rdmsr
        mov     ecx, MSR_MCG_CAP
        EXPECT_FAULT "machine-check capabilities can be read", NO_VECTOR, rdmsr
        mov     ecx, MSR_PATCH_LEVEL
        EXPECT_FAULT "patch level can be read", NO_VECTOR, rdmsr

        UNLESS_EMULATOR
        mov     ecx, UNKNOWN_MSR
        EXPECT_FAULT "unknown MSR, read", VECTOR_GP, rdmsr
        EXPECT_EQUAL "its error code", [caught_error], 0
        EXPECT_FAULT "unknown MSR, write", VECTOR_GP, wrmsr
        mov     ecx, MSR_VM_HSAVE_PA
        xor     eax, eax
        xor     edx, edx
        EXPECT_FAULT "VM_HSAVE_PA cannot be written", VECTOR_GP, wrmsr
        REFUSED "EFER.SVME", MSR_EFER, EFER_LME | EFER_NXE | EFER_SCE | EFER_SVME
        REFUSED "EFER without LME while paging", MSR_EFER, EFER_NXE | EFER_SCE
        REFUSED "EFER, reserved bit", MSR_EFER, EFER_LME | EFER_NXE | EFER_SCE | 2
        REFUSED "PAT, type 2", MSR_PAT, 0x0007040600070402
        REFUSED "PAT, reserved bit", MSR_PAT, 0x0087040600070406
        NOT_CANONICAL "LSTAR", MSR_LSTAR
        NOT_CANONICAL "CSTAR", MSR_CSTAR
        NOT_CANONICAL "FS_BASE", MSR_FS_BASE
        NOT_CANONICAL "GS_BASE", MSR_GS_BASE
        NOT_CANONICAL "KERNEL_GS_BASE", MSR_KERNEL_GS_BASE
        mov     ecx, MSR_PAT
        call    read_msr
        mov     rbx, PAT_RESET
        EXPECT_EQUAL "PAT is as after reset", rax, rbx

        call    tsc
        mov     r8, rax
        mov     ecx, MSR_TSC
        call    read_msr
        cmp     rax, r8
        EXPECT  "TSC by RDMSR is not before RDTSC", ae
        mov     r8, rax
        call    tsc
        cmp     rax, r8
        EXPECT  "RDTSC is not before TSC by RDMSR", ae
        mov     rbx, 1 << 40
        add     rax, rbx
        mov     ecx, MSR_TSC
        call    write_msr
        call    tsc
        sub     rax, r8
        cmp     rax, rbx
        EXPECT  "TSC can be written", ae
        mov     ecx, MSR_TSC
        mov     rax, r8
        call    write_msr

        ; KVM's clock (Linux, Documentation/virt/kvm/x86/msr.rst): the page is filled when it is registered.
        mov     ecx, MSR_KVM_CLOCK
        mov     eax, SCRATCH + 1
        xor     edx, edx
        EXPECT_FAULT "KVM's clock is registered", NO_VECTOR, wrmsr
        cpuid
        mov     eax, [SCRATCH]
        test    eax, eax
        EXPECT  "clock: a version", nz
        test    al, 1
        EXPECT  "clock: not being changed", z
        cmp     dword [SCRATCH + 24], 0
        EXPECT  "clock: a factor", nz
        test    byte [SCRATCH + 29], 1
        EXPECT  "clock: stable", nz
        mov     ecx, MSR_KVM_CLOCK
        xor     eax, eax
        xor     edx, edx
        EXPECT_FAULT "KVM's clock is taken back", NO_VECTOR, wrmsr
        mov     ecx, MSR_KVM_WALL
        mov     eax, SCRATCH + 64
        xor     edx, edx
        EXPECT_FAULT "KVM's wall clock", NO_VECTOR, wrmsr
        cmp     dword [SCRATCH + 64 + 4], 0
        EXPECT  "wall clock: seconds", nz
        END_UNLESS
        jmp     finish

read_msr:                               ; ecx → rax; changes rdx
        rdmsr
        shl     rdx, 32
        or      rax, rdx
        ret

write_msr:                              ; rax → ecx; changes rdx
        call    split
        wrmsr
        ret

split:  mov     rdx, rax
        shr     rdx, 32
        ret

tsc:    rdtsc
        shl     rdx, 32
        or      rax, rdx
        ret

        section .data
        align   8
apic_base:      dq 0xFEE00900
marks:          dq 0x1111, 0x2222
marks_address:  dq marks
        section .text
