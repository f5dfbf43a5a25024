foreach(module options record_match)
  faas_drill_unit(${module} faas_drill_run)
endforeach()
