; The registers that neither vendor's world switch touches: they change hands only when another vCPU is entered (Intel SDM vol. 1, chapter 13; AMD APM vol. 4
; for XSAVE). Microsoft x64 ABI, interrupts off.

%include "src/Hypervisor.Core/Assembly.inc"

        section .text

; void SwitchedSetXcr0(rcx = value)
stub SwitchedSetXcr0
        mov     eax, ecx
        mov     rdx, rcx
        shr     rdx, 32
        xor     ecx, ecx
        xsetbv
        ret

; ulong SwitchedGetXcr0()
stub SwitchedGetXcr0
        xor     ecx, ecx
        xgetbv
        shl     rdx, 32
        or      rax, rdx
        ret

; void SwitchedSaveExtendedState(rcx = XSAVE area, rdx = components that can change hands; 0: the CPU has FXSAVE only). Leaves XCR0 = components.
stub SwitchedSaveExtendedState
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

; void SwitchedLoadExtendedState(rcx = XSAVE area, rdx = components, r8 = XCR0 of the guest)
stub SwitchedLoadExtendedState
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

; void SwitchedSaveDebugAddresses(rcx = 4 words of 64 bits)
stub SwitchedSaveDebugAddresses
%assign number 0
%rep 4
        mov     rax, dr %+ number
        mov     [rcx + number * 8], rax
%assign number number + 1
%endrep
        ret

; void SwitchedLoadDebugAddresses(rcx = 4 words of 64 bits)
stub SwitchedLoadDebugAddresses
%assign number 0
%rep 4
        mov     rax, [rcx + number * 8]
        mov     dr %+ number, rax
%assign number number + 1
%endrep
        ret
