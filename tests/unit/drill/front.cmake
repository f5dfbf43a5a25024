foreach(module front_wire front_hello front_limit front_scram front_shed front_record front_timeline)
  faas_drill_unit(${module} faas_drill_front)
endforeach()
