; The registers that neither vendor's world switch touches: they change hands only when another vCPU is entered (Intel SDM vol. 1, chapter 13; AMD APM vol. 4
; for XSAVE). Microsoft x64 ABI, interrupts off.

        default rel
        bits 64

        section .text

        global  SwitchedSetXcr0
; void SwitchedSetXcr0(rcx = value)
SwitchedSetXcr0:
        mov     eax, ecx
        mov     rdx, rcx
        shr     rdx, 32
        xor     ecx, ecx
        xsetbv
        ret

        global  SwitchedGetXcr0
; ulong SwitchedGetXcr0()
SwitchedGetXcr0:
        xor     ecx, ecx
        xgetbv
        shl     rdx, 32
        or      rax, rdx
        ret

        global  SwitchedSaveExtendedState
; void SwitchedSaveExtendedState(rcx = XSAVE area, rdx = components that can change hands; 0: the CPU has FXSAVE only). Leaves XCR0 = components.
SwitchedSaveExtendedState:
        test    rdx, rdx
        jz      .legacy
        mov     r8, rcx
        mov     eax, edx
        shr     rdx, 32
        xor     ecx, ecx
        xsetbv
        xsave64 [r8]
        ret
.legacy:
        fxsave64 [rcx]
        ret

        global  SwitchedLoadExtendedState
; void SwitchedLoadExtendedState(rcx = XSAVE area, rdx = components, r8 = XCR0 of the guest)
SwitchedLoadExtendedState:
        fninit                          ; FXRSTOR and XRSTOR may leave the last instruction's and operand's address: not for the next guest to see
        test    rdx, rdx
        jz      .legacy
        mov     r9, rcx
        mov     eax, edx
        shr     rdx, 32
        xor     ecx, ecx
        xsetbv
        xrstor64 [r9]
        mov     eax, r8d
        mov     rdx, r8
        shr     rdx, 32
        xsetbv
        ret
.legacy:
        fxrstor64 [rcx]
        ret

        global  SwitchedSaveDebugAddresses
; void SwitchedSaveDebugAddresses(rcx = 4 words of 64 bits)
SwitchedSaveDebugAddresses:
        mov     rax, dr0
        mov     [rcx], rax
        mov     rax, dr1
        mov     [rcx + 8], rax
        mov     rax, dr2
        mov     [rcx + 16], rax
        mov     rax, dr3
        mov     [rcx + 24], rax
        ret

        global  SwitchedLoadDebugAddresses
; void SwitchedLoadDebugAddresses(rcx = 4 words of 64 bits)
SwitchedLoadDebugAddresses:
        mov     rax, [rcx]
        mov     dr0, rax
        mov     rax, [rcx + 8]
        mov     dr1, rax
        mov     rax, [rcx + 16]
        mov     dr2, rax
        mov     rax, [rcx + 24]
        mov     dr3, rax
        ret
