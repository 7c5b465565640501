/* The extensions that STIX 2.1 itself defines for its observables (section 6: archive-ext, ntfs-ext …), and TLP 2.0's for marking definitions. */
#include "stix/stix_int.h"
#include "stix/words.h"

#define P_COUNT(name_) P_INT(name_, 0, 0, INT_MAX_SAFE)
#define P_NUMBER(name_) P_INT(name_, 0, -INT_MAX_SAFE, INT_MAX_SAFE)
#define FILLED_SHAPE(var, what_, props_) \
	static const struct shape var = {.what = (what_), .props = (props_), .nprops = COUNT(props_), .not_empty = true}

static const struct prop archive[] = {P_REF("contains_refs", REQUIRED | LIST, T(FILE) | T(DIRECTORY)), P("comment", STRING, 0)};
FILLED_SHAPE(shape_archive, "archive-ext", archive);

static const struct prop stream[] = {P("name", STRING, REQUIRED), P("hashes", HASHES, 0), P_COUNT("size")};
static const SHAPE(shape_stream, "alternate-data-stream-type", stream);
static const struct prop ntfs[] = {P("sid", STRING, 0), P_OBJ("alternate_data_streams", LIST, shape_stream)};
FILLED_SHAPE(shape_ntfs, "ntfs-ext", ntfs);

static const struct prop pdf[] = {
    P("version", STRING, 0),
    P("is_optimized", BOOL, 0),
    P("document_info_dict", DICT, 0),
    P("pdfid0", STRING, 0),
    P("pdfid1", STRING, 0),
};
FILLED_SHAPE(shape_pdf, "pdf-ext", pdf);

static const struct prop image[] = {P_COUNT("image_height"), P_COUNT("image_width"), P_COUNT("bits_per_pixel"), P("exif_tags", DICT, 0)};
FILLED_SHAPE(shape_image, "raster-image-ext", image);

static const struct prop optional_header[] = {
    P("magic_hex", HEX, 0),
    P_NUMBER("major_linker_version"),
    P_NUMBER("minor_linker_version"),
    P_COUNT("size_of_code"),
    P_COUNT("size_of_initialized_data"),
    P_COUNT("size_of_uninitialized_data"),
    P_NUMBER("address_of_entry_point"),
    P_NUMBER("base_of_code"),
    P_NUMBER("base_of_data"),
    P_NUMBER("image_base"),
    P_NUMBER("section_alignment"),
    P_NUMBER("file_alignment"),
    P_NUMBER("major_os_version"),
    P_NUMBER("minor_os_version"),
    P_NUMBER("major_image_version"),
    P_NUMBER("minor_image_version"),
    P_NUMBER("major_subsystem_version"),
    P_NUMBER("minor_subsystem_version"),
    P("win32_version_value_hex", HEX, 0),
    P_COUNT("size_of_image"),
    P_COUNT("size_of_headers"),
    P("checksum_hex", HEX, 0),
    P("subsystem_hex", HEX, 0),
    P("dll_characteristics_hex", HEX, 0),
    P_COUNT("size_of_stack_reserve"),
    P_COUNT("size_of_stack_commit"),
    P_COUNT("size_of_heap_reserve"),
    P_COUNT("size_of_heap_commit"),
    P("loader_flags_hex", HEX, 0),
    P_NUMBER("number_of_rva_and_sizes"),
    P("hashes", HASHES, 0),
};
FILLED_SHAPE(shape_optional_header, "windows-pe-optional-header-type", optional_header);
static const struct prop section[] = {P("name", STRING, REQUIRED), P_COUNT("size"), P("entropy", FLOAT, 0), P("hashes", HASHES, 0)};
static const SHAPE(shape_section, "windows-pe-section-type", section);
static const struct prop pebinary[] = {
    P_WORD("pe_type", REQUIRED, words_windows_pebinary_type_ov),
    P("imphash", STRING, 0),
    P("machine_hex", HEX, 0),
    P_COUNT("number_of_sections"),
    P("time_date_stamp", TIME, 0),
    P("pointer_to_symbol_table_hex", HEX, 0),
    P_COUNT("number_of_symbols"),
    P_COUNT("size_of_optional_header"),
    P("characteristics_hex", HEX, 0),
    P("file_header_hashes", HASHES, 0),
    P_OBJ("optional_header", 0, shape_optional_header),
    P_OBJ("sections", LIST, shape_section),
};
FILLED_SHAPE(shape_pebinary, "windows-pebinary-ext", pebinary);

static const struct prop http[] = {
    P("request_method", STRING, REQUIRED),
    P("request_value", STRING, REQUIRED),
    P("request_version", STRING, 0),
    P("request_header", DICT, 0),
    P_COUNT("message_body_length"),
    P_REF("message_body_data_ref", 0, T(ARTIFACT)),
};
FILLED_SHAPE(shape_http, "http-request-ext", http);

static const struct prop icmp[] = {P("icmp_type_hex", HEX, REQUIRED), P("icmp_code_hex", HEX, REQUIRED)};
FILLED_SHAPE(shape_icmp, "icmp-ext", icmp);

static const struct prop socket[] = {
    P_WORD("address_family", REQUIRED, words_network_socket_address_family_enum),
    P("is_blocking", BOOL, 0),
    P("is_listening", BOOL, 0),
    P("options", DICT, 0),
    P_WORD("socket_type", 0, words_network_socket_type_enum),
    P_COUNT("socket_descriptor"),
    P_NUMBER("socket_handle"),
};
FILLED_SHAPE(shape_socket, "socket-ext", socket);

static const struct rule tcp_rules[] = {R2(ONE, "src_flags_hex", "dst_flags_hex")};
static const struct prop tcp[] = {P("src_flags_hex", HEX, 0), P("dst_flags_hex", HEX, 0)};
static const SHAPE_RULES(shape_tcp, "tcp-ext", tcp, tcp_rules);

static const struct prop windows_process[] = {
    P("aslr_enabled", BOOL, 0),
    P("dep_enabled", BOOL, 0),
    P("priority", STRING, 0),
    P("owner_sid", STRING, 0),
    P("window_title", STRING, 0),
    P("startup_info", DICT, 0),
    P_WORD("integrity_level", 0, words_windows_integrity_level_enum),
};
FILLED_SHAPE(shape_windows_process, "windows-process-ext", windows_process);

static const struct prop windows_service[] = {
    P("service_name", STRING, 0),
    P("descriptions", STRING, LIST),
    P("display_name", STRING, 0),
    P("group_name", STRING, 0),
    P_WORD("start_type", 0, words_windows_service_start_type_enum),
    P_REF("service_dll_refs", LIST, T(FILE)),
    P_WORD("service_type", 0, words_windows_service_type_enum),
    P_WORD("service_status", 0, words_windows_service_status_enum),
};
FILLED_SHAPE(shape_windows_service, "windows-service-ext", windows_service);

static const struct prop unix_account[] = {P_NUMBER("gid"), P("groups", STRING, LIST), P("home_dir", STRING, 0), P("shell", STRING, 0)};
FILLED_SHAPE(shape_unix_account, "unix-account-ext", unix_account);

static const struct {
	enum stix_type type;
	struct str key;
	const struct shape *shape;
} extensions[] = {
    {STIX_FILE, STR_INIT("archive-ext"), &shape_archive},
    {STIX_FILE, STR_INIT("ntfs-ext"), &shape_ntfs},
    {STIX_FILE, STR_INIT("pdf-ext"), &shape_pdf},
    {STIX_FILE, STR_INIT("raster-image-ext"), &shape_image},
    {STIX_FILE, STR_INIT("windows-pebinary-ext"), &shape_pebinary},
    {STIX_NETWORK_TRAFFIC, STR_INIT("http-request-ext"), &shape_http},
    {STIX_NETWORK_TRAFFIC, STR_INIT("icmp-ext"), &shape_icmp},
    {STIX_NETWORK_TRAFFIC, STR_INIT("socket-ext"), &shape_socket},
    {STIX_NETWORK_TRAFFIC, STR_INIT("tcp-ext"), &shape_tcp},
    {STIX_PROCESS, STR_INIT("windows-process-ext"), &shape_windows_process},
    {STIX_PROCESS, STR_INIT("windows-service-ext"), &shape_windows_service},
    {STIX_USER_ACCOUNT, STR_INIT("unix-account-ext"), &shape_unix_account},
};

const struct shape *
shape_ext(enum stix_type type, struct str key)
{
	for (size_t i = 0; i < COUNT(extensions); i++)
		if (extensions[i].type == type && str_eq(extensions[i].key, key))
			return extensions[i].shape;
	return NULL;
}
