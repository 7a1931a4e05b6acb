; Several vCPUs: they come by INIT and start-up messages, interrupt one another in every way that an APIC has, and use one device at once. How many there are is ACPI's word; with one the checks are
; those that are about itself. (AMD APM vol. 2, chapter 16; SDM vol. 3, chapter 11; ACPI 6.5, 5.2.12.)

%define GUEST_NAME "smp"
%include "common.inc"
%include "smp.inc"

%define MADT_ENTRIES    44
%define MADT_LOCAL_APIC 0               ; type of entry: 8 bytes, flags at 4
%define ALL_FOUR        4               ; vCPUs for the checks that need others
%define VECTOR_FENCE    0x30            ; of the lowest class: who has taken it has taken all that was sent before
%define VECTOR_CLUSTERS 0x31            ; whoever takes it goes to logical clusters of two,
%define VECTOR_X2       0x32            ; to x2APIC mode,
%define VECTOR_SEND     0x33            ; sends VECTOR_IPI to all others,
%define VECTOR_DEVICE   0x34            ; uses the I/O APIC
%define VECTOR_IPI      0x50            ; what is counted
%define VECTOR_NMI      2
%define FLAT            0xFFFFFFFF
%define CLUSTERS        0x0FFFFFFF
%define BROADCAST       0xFF
%define X2_BROADCAST    0xFFFFFFFF
%define X2_MODE         0x400           ; in MSR_APIC_BASE
%define X2_EOI          0x80B
%define X2_SVR          0x80F
%define X2_ICR          0x830
%define X2_SELF_IPI     0x83F
%define MSR_GS_BASE     0xC0000101
%define IOAPIC_VERSION  1
%define IOAPIC_PIN      0x10            ; its first entry
%define IOAPIC_MOST_PIN 24
%define DEVICE_ROUNDS   100
%define RESTARTS        3               ; with those of the start, MOST_VCPUS at most

; Each vCPU's own, at gs:0; by APIC id.
struc own
.taken:         resd 256                ; by vector
.id:            resd 1
.x2:            resd 1
.wrong:         resd 1                  ; of what the device said
                resd 253
endstruc
%define OWN             SCRATCH

; SENT "name", ICR, destination, mask: sends it, and those whose bits are in the mask take it, once, and no others.
%macro SENT 4
        mov     eax, %2
        mov     edx, %3
        mov     ebx, %4
        call    sent
        EXPECT_EQUAL %1, rax, rbx
%endmacro

main:   call    pic_start
        call    apic_start
        mov     edi, OWN
        xor     eax, eax
        mov     ecx, MOST_VCPUS * own_size / 8
        rep     stosq
        mov     edi, HANDLERS + 32 * 8
        mov     eax, take
        mov     ecx, 256 - 32
        rep     stosq
        HANDLE  VECTOR_NMI, note
        HANDLE  VECTOR_CLUSTERS, to_clusters
        HANDLE  VECTOR_X2, to_x2
        HANDLE  VECTOR_SEND, send_to_others
        HANDLE  VECTOR_DEVICE, use_device
        call    count_vcpus
        call    know_self
        sti
        cmp     dword [vcpus], 1
        je      .alone
        mov     qword [others_go_to], other
        call    start_others
        mov     eax, [vcpus]
.come:  pause
        cmp     [ready], eax
        jb      .come
.alone: mov     eax, [vcpus]
        EXPECT_EQUAL "as many come as ACPI has", rax, [ready]

        SENT    "physical: vCPU 0", 0, 0, 1
        SENT    "physical: vCPU 1", 0, 1 << 24, 2
        SENT    "physical: vCPU 3", 0, 3 << 24, 8
        SENT    "physical: everyone", 0, BROADCAST << 24, 0xF
        SENT    "logical, flat: two", ICR_LOGICAL, 0x05 << 24, 0x5
        SENT    "logical, flat: two others", ICR_LOGICAL, 0x0A << 24, 0xA
        SENT    "logical, flat: nobody", ICR_LOGICAL, 0xE0 << 24, 0
        SENT    "logical, flat: everyone", ICR_LOGICAL, BROADCAST << 24, 0xF
        SENT    "shorthand: self", ICR_SELF, 0, 1
        SENT    "shorthand: all", ICR_ALL, 0, 0xF
        SENT    "shorthand: all others", ICR_OTHERS, 0, 0xE
        SENT    "an NMI to one", ICR_NMI, 2 << 24, 4
        SENT    "an NMI to all others", ICR_NMI | ICR_OTHERS, 0, 0xE
        cmp     dword [vcpus], ALL_FOUR
        jne     .clusters
        call    lowest_priority
        EXPECT_EQUAL "lowest priority: one of those that are meant", rax, 1
        call    sent_by_another
        EXPECT_EQUAL "sent by vCPU 2 to all others", rax, 0xB
.clusters:
        mov     dword [APIC_ICR_HIGH], 0
        mov     dword [APIC_ICR], ICR_ALL | VECTOR_CLUSTERS
        call    fence
        SENT    "logical, clusters: one of the second", ICR_LOGICAL, 0x11 << 24, 0x4
        SENT    "logical, clusters: both of the first", ICR_LOGICAL, 0x03 << 24, 0x3
        UNLESS_EMULATOR
        SENT    "logical, clusters: everyone", ICR_LOGICAL, BROADCAST << 24, 0xF
        END_UNLESS

        mov     dword [IOAPIC_SELECT], IOAPIC_VERSION
        mov     eax, [IOAPIC_WINDOW]
        mov     [device_version], eax
        mov     dword [APIC_ICR], ICR_ALL | VECTOR_DEVICE
        call    fence
        xor     eax, eax
        xor     ecx, ecx
.device:
        add     eax, [rcx + OWN + own.wrong]
        add     ecx, own_size
        cmp     ecx, MOST_VCPUS * own_size
        jb      .device
        EXPECT_EQUAL "a device that all use at once", rax, 0
        cmp     dword [vcpus], ALL_FOUR
        jne     .x2
        call    restart_last
        EXPECT_EQUAL "vCPU 3 is started again and again", rax, RESTARTS
        SENT    "and takes interrupts then", 0, 3 << 24, 8

.x2:    UNLESS_EMULATOR
        mov     eax, 1
        cpuid
        bt      ecx, 21
        jnc     .end
        mov     dword [APIC_ICR], ICR_ALL | VECTOR_X2
        call    fence
        SENT    "x2APIC, physical: vCPU 0", 0, 0, 1
        SENT    "x2APIC, physical: vCPU 3", 0, 3, 8
        SENT    "x2APIC, physical: everyone", 0, X2_BROADCAST, 0xF
        SENT    "x2APIC, logical: two", ICR_LOGICAL, 0x0A, 0xA
        SENT    "x2APIC, logical: nobody of another cluster", ICR_LOGICAL, 0x1000F, 0
        SENT    "x2APIC, shorthand: self", ICR_SELF, 0, 1
        SENT    "x2APIC, shorthand: all", ICR_ALL, 0, 0xF
        SENT    "x2APIC, shorthand: all others", ICR_OTHERS, 0, 0xE
        SENT    "x2APIC, an NMI to all others", ICR_NMI | ICR_OTHERS, 0, 0xE
        cmp     dword [vcpus], ALL_FOUR
        jne     .end
        call    sent_by_another
        EXPECT_EQUAL "x2APIC, sent by vCPU 2 to all others", rax, 0xB
.end:   END_UNLESS
        jmp     finish

; ---- the other vCPUs ----

other:  call    know_self
        lock inc dword [ready]
.wait:  sti
        hlt
        jmp     .wait

know_self:                              ; gs: what is this vCPU's own; flat logical ids
        mov     eax, [APIC_ID]
        shr     eax, 24
        mov     ecx, eax
        imul    eax, eax, own_size
        add     eax, OWN
        mov     [rax + own.id], ecx
        mov     ebx, 1 << 24
        shl     ebx, cl
        mov     dword [APIC_DFR], FLAT
        mov     [APIC_LDR], ebx
        mov     ecx, MSR_GS_BASE
        xor     edx, edx
        wrmsr
        ret

; ---- sending, and who has taken it ----

sent:                                   ; eax: ICR without a vector, edx: its destination as the mode has it, ebx: mask → rax: who took it (<< 8: more than once), rbx: the mask, of those who are there
        or      eax, VECTOR_IPI
        call    send
        call    fence
        call    who
        mov     cl, [vcpus]
        mov     edx, 1
        shl     edx, cl
        dec     edx
        and     ebx, edx
        ret

send:                                   ; eax: ICR, edx: destination
        cmp     dword [gs:own.x2], 0
        jne     .x2
        mov     [APIC_ICR_HIGH], edx
        mov     [APIC_ICR], eax
        ret
.x2:    push    rcx
        mov     ecx, X2_ICR
        wrmsr
        pop     rcx
        ret

fence:                                  ; returns when all have taken what was sent before; changes rax, rcx, rdx
        inc     dword [fences]
        mov     eax, ICR_ALL | VECTOR_FENCE
        xor     edx, edx
        call    send
        mov     eax, [fences]
        xor     ecx, ecx
        mov     edx, OWN
.wait:  pause
        cmp     [rdx + own.taken + VECTOR_FENCE * 4], eax
        jb      .wait
        add     edx, own_size
        inc     ecx
        cmp     ecx, [vcpus]
        jb      .wait
        ret

who:                                    ; rax: a bit for each vCPU that took VECTOR_IPI or an NMI, 8 higher for more than one; forgets them
        xor     eax, eax
        xor     ecx, ecx
        mov     edx, OWN
.next:  mov     esi, [rdx + own.taken + VECTOR_IPI * 4]
        add     esi, [rdx + own.taken + VECTOR_NMI * 4]
        jz      .none
        bts     eax, ecx
        dec     esi
        jz      .none
        lea     edi, [rcx + 8]
        bts     eax, edi
.none:  mov     dword [rdx + own.taken + VECTOR_IPI * 4], 0
        mov     dword [rdx + own.taken + VECTOR_NMI * 4], 0
        add     edx, own_size
        inc     ecx
        cmp     ecx, MOST_VCPUS
        jb      .next
        ret

lowest_priority:                        ; rax: how many of vCPUs 1 to 3 took it; more by 16 and up where others did
        mov     eax, ICR_LOGICAL | ICR_LOWEST | VECTOR_IPI
        mov     edx, 0x0E << 24
        call    send
        call    fence
        call    who
        popcnt  ecx, eax
        and     eax, ~0xE
        shl     eax, 4
        add     eax, ecx
        ret

sent_by_another:                        ; rax: who took what vCPU 2 sent
        mov     dword [has_sent], 0
        mov     eax, VECTOR_SEND
        mov     edx, 2 << 24
        cmp     dword [gs:own.x2], 0
        je      .send
        mov     edx, 2
.send:  call    send
.wait:  pause
        cmp     dword [has_sent], 0
        je      .wait
        call    fence
        jmp     who

restart_last:                           ; rax: how often vCPU 3 came again
        mov     ebx, RESTARTS
.next:  mov     dword [OWN + 3 * own_size + own.taken + VECTOR_FENCE * 4], 0
        mov     esi, [ready]
        mov     edx, 3 << 24
        mov     eax, ICR_ASSERT | ICR_INIT
        call    send
        mov     eax, ICR_ASSERT | ICR_STARTUP | START_PAGE
        call    send
.wait:  pause
        cmp     [ready], esi
        je      .wait
        dec     ebx
        jnz     .next
        mov     eax, [fences]
        mov     [OWN + 3 * own_size + own.taken + VECTOR_FENCE * 4], eax
        mov     eax, [ready]
        sub     eax, [vcpus]
        ret

; ---- what vCPUs do when they are interrupted ----

note:   mov     eax, [rdi + frame.vector]
        inc     dword [gs:own.taken + rax * 4]
        ret

take:   call    note
ended:  cmp     dword [gs:own.x2], 0
        jne     .x2
        mov     dword [APIC_EOI], 0
        ret
.x2:    mov     ecx, X2_EOI
        xor     eax, eax
        xor     edx, edx
        wrmsr
        ret

to_clusters:                            ; vCPUs 0 and 1 are the first cluster
        mov     ecx, [gs:own.id]
        mov     eax, ecx
        shr     eax, 1
        shl     eax, 4
        and     ecx, 1
        bts     eax, ecx
        shl     eax, 24
        mov     dword [APIC_DFR], CLUSTERS
        mov     [APIC_LDR], eax
        jmp     ended

to_x2:  call    ended
        mov     ecx, MSR_APIC_BASE
        rdmsr
        or      eax, X2_MODE
        wrmsr
        mov     dword [gs:own.x2], 1
        ret

send_to_others:
        call    ended
        mov     eax, ICR_OTHERS | VECTOR_IPI
        xor     edx, edx
        call    send
        mov     dword [has_sent], 1
        ret

; One at a time, as its registers are reached by two accesses: what one vCPU writes into an entry is there for it, and what another wrote into another entry stays.
use_device:
        mov     r8d, DEVICE_ROUNDS
        mov     r9d, [gs:own.id]
.round: mov     eax, 1
        xchg    [device_lock], eax
        test    eax, eax
        jz      .mine
        pause
        jmp     .round
.mine:  mov     dword [IOAPIC_SELECT], IOAPIC_VERSION
        mov     eax, [IOAPIC_WINDOW]
        cmp     eax, [device_version]
        setne   cl
        lea     eax, [r9 * 2 + IOAPIC_PIN]
        mov     [IOAPIC_SELECT], eax
        cmp     r8d, DEVICE_ROUNDS
        je      .write
        lea     eax, [r8 + 1 + APIC_MASKED]     ; what it wrote in its last round
        cmp     [IOAPIC_WINDOW], eax
        setne   ch
        or      cl, ch
.write: lea     eax, [r8 + APIC_MASKED]
        mov     [IOAPIC_WINDOW], eax
        movzx   ecx, cl
        add     [gs:own.wrong], ecx
        mov     dword [device_lock], 0
        dec     r8d
        jnz     .round
        jmp     take

count_vcpus:                            ; [vcpus]: the MADT's local APICs that are enabled
        mov     r8d, 'APIC'
        call    find_table
        test    rax, rax
        jz      .end
        mov     ecx, [rax + 4]
        add     rcx, rax
        lea     rsi, [rax + MADT_ENTRIES]
.next:  cmp     rsi, rcx
        jae     .end
        cmp     byte [rsi], MADT_LOCAL_APIC
        jne     .skip
        mov     edx, [rsi + 4]
        and     edx, 1
        add     [vcpus], edx
.skip:  movzx   edx, byte [rsi + 1]
        add     rsi, rdx
        jmp     .next
.end:   ret

        section .data
        align   8
vcpus:          dq 0
ready:          dq 1
fences:         dd 0
has_sent:       dd 0
device_lock:    dd 0
device_version: dd 0
