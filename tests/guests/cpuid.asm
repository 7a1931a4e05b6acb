; CPUID as a guest sees it (AMD APM vol. 3, appendix E; Intel SDM vol. 2, CPUID; the hypervisor leaves are KVM's).

%define GUEST_NAME "cpuid"
%include "common.inc"

%define LEAF1_EDX_NEEDED 0x07803179     ; FPU TSC MSR PAE CX8 APIC MTRR PGE … MMX FXSR SSE SSE2, less those that a hypervisor may keep
%define CR4_OSXSAVE     0x40000

main:   xor     eax, eax
        cpuid
        mov     [basic_maximum], eax
        cmp     eax, 1
        EXPECT  "leaf 1 is there", ae
        cmp     eax, 0x40
        EXPECT  "highest basic leaf is a basic leaf", b
        cmp     ebx, 'Auth'
        je      .vendor
        cmp     ebx, 'Genu'
.vendor:
        EXPECT  "vendor is AMD's or Intel's", e
        cmp     ebx, 'Auth'
        sete    byte [is_amd]

        mov     eax, 1
        cpuid
        mov     [leaf1_ecx], ecx
        mov     [leaf1_edx], edx
        shr     ebx, 24
        mov     eax, [APIC_ID]
        shr     eax, 24
        EXPECT_EQUAL "initial APIC id is the APIC's", rbx, rax
        bt      ecx, 31
        EXPECT  "hypervisor bit", c
        bt      ecx, 5
        EXPECT  "VMX is hidden", nc
        and     edx, LEAF1_EDX_NEEDED
        EXPECT_EQUAL "what a 64-bit kernel needs", rdx, LEAF1_EDX_NEEDED

        mov     eax, 0x80000000
        cpuid
        mov     [extended_maximum], eax
        cmp     eax, 0x80000008
        EXPECT  "leaf 80000008 is there", ae
        mov     eax, 0x80000001
        cpuid
        mov     [extended_ecx], ecx
        bt      edx, 29
        EXPECT  "long mode", c
        bt      edx, 20
        EXPECT  "no-execute", c
        bt      edx, 11
        EXPECT  "SYSCALL", c
        mov     eax, 0x80000008
        cpuid
        movzx   ecx, al
        sub     ecx, 32
        cmp     ecx, 52 - 32
        EXPECT  "physical address bits are 32 to 52", be
        cmp     ah, 48
        EXPECT  "virtual address bits are 48 or more", ae

        ; CR4.OSXSAVE is mirrored in CPUID, and leaf 0Dh follows XCR0.
        bt      dword [leaf1_ecx], 26
        jnc     .no_xsave
        mov     rax, cr4
        or      eax, CR4_OSXSAVE
        mov     cr4, rax
        mov     eax, 1
        cpuid
        bt      ecx, 27
        EXPECT  "OSXSAVE is set with CR4.OSXSAVE", c
        xor     ecx, ecx
        mov     eax, 3
        xor     edx, edx
        xsetbv
        mov     eax, 0xD
        xor     ecx, ecx
        cpuid
        EXPECT_EQUAL "XSAVE area of x87 and SSE", rbx, 576
        bt      dword [leaf1_ecx], 28
        jnc     .no_avx
        xor     ecx, ecx
        mov     eax, 7
        xor     edx, edx
        xsetbv
        xgetbv
        EXPECT_EQUAL "XCR0 reads back", rax, 7
        mov     eax, 0xD
        xor     ecx, ecx
        cpuid
        EXPECT_EQUAL "XSAVE area with AVX", rbx, 832
.no_avx:
        xor     ecx, ecx
        mov     eax, 2                  ; without x87
        xor     edx, edx
        EXPECT_FAULT "XCR0 without x87", VECTOR_GP, xsetbv
        mov     rax, cr4
        and     eax, ~CR4_OSXSAVE
        mov     cr4, rax
        mov     eax, 1
        cpuid
        bt      ecx, 27
        EXPECT  "OSXSAVE is clear with CR4.OSXSAVE", nc
        xor     ecx, ecx
        EXPECT_FAULT "XGETBV without OSXSAVE", VECTOR_UD, xgetbv
.no_xsave:

        UNLESS_EMULATOR
        bt      dword [extended_ecx], 2
        EXPECT  "SVM is hidden", nc
        mov     eax, 0x80000007
        cpuid
        bt      edx, 8
        EXPECT  "TSC is invariant", c
        bt      dword [leaf1_ecx], 21
        EXPECT  "x2APIC is offered", c
        mov     eax, 0x40000000
        cpuid
        cmp     eax, 0x40000000
        EXPECT  "hypervisor leaves", ae
        mov     eax, 0x40000100
        cpuid
        EXPECT_EQUAL "KVM's signature 1", rbx, 'KVMK'
        EXPECT_EQUAL "KVM's signature 2", rcx, 'VMKV'
        EXPECT_EQUAL "KVM's signature 3", rdx, 'M'
        cmp     eax, 0x40000101
        EXPECT  "KVM's features leaf is there", ae
        mov     eax, 0x40000101
        cpuid
        bt      eax, 3
        EXPECT  "KVM's clock", c
        cmp     byte [is_amd], 0
        je      .bounds_intel
        mov     eax, 0x8000000A
        cpuid
        or      eax, ebx
        or      eax, ecx
        or      eax, edx
        EXPECT_EQUAL "SVM's leaf is zero", rax, 0
        mov     eax, [basic_maximum]
        inc     eax
        cpuid
        or      eax, ebx
        or      eax, ecx
        or      eax, edx
        EXPECT_EQUAL "past the basic leaves all is zero", rax, 0
        mov     eax, [extended_maximum]
        inc     eax
        cpuid
        or      eax, ebx
        or      eax, ecx
        or      eax, edx
        EXPECT_EQUAL "past the extended leaves all is zero", rax, 0
        jmp     .bounds_end
.bounds_intel:
        mov     eax, [basic_maximum]
        xor     ecx, ecx
        cpuid
        mov     r8, rax
        mov     r9, rbx
        mov     eax, [basic_maximum]
        inc     eax
        xor     ecx, ecx
        cpuid
        EXPECT_EQUAL "past the basic leaves is the highest of them, EAX", rax, r8
        EXPECT_EQUAL "past the basic leaves is the highest of them, EBX", rbx, r9
        mov     eax, [extended_maximum]
        inc     eax
        xor     ecx, ecx
        cpuid
        EXPECT_EQUAL "past the extended leaves is the highest basic one, EAX", rax, r8
        EXPECT_EQUAL "past the extended leaves is the highest basic one, EBX", rbx, r9
.bounds_end:
        END_UNLESS

        ; The upper halves of the four registers are cleared.
        mov     rax, 0xFFFFFFFF00000001
        mov     rbx, -1
        mov     rcx, 0xFFFFFFFF00000000
        mov     rdx, -1
        cpuid
        or      rax, rbx
        or      rax, rcx
        or      rax, rdx
        shr     rax, 32
        EXPECT_EQUAL "upper halves are cleared", rax, 0
        jmp     finish

        section .data
basic_maximum:          dd 0
extended_maximum:       dd 0
leaf1_ecx:              dd 0
leaf1_edx:              dd 0
extended_ecx:           dd 0
is_amd:                 dd 0
        section .text
