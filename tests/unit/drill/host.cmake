faas_drill_unit(environment faas_drill_host)
faas_drill_unit(managed_instance faas_drill_host)
faas_drill_unit(descendants faas_drill_function)
faas_drill_unit(memory_copy faas_drill_function)
faas_drill_unit(host_parts faas_drill_host)
faas_drill_unit(host_out_of_memory faas_drill_host)
target_link_options(test_drill.host_out_of_memory PRIVATE
                    "LINKER:--wrap=realloc,--wrap=strdup,--wrap=MHD_create_response_from_buffer")
